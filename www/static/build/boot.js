// Starts the program to which the address belongs. A file of its own, so that the page needs no inline script.

/** The programs and their addresses after `#/`, as src/screens.rs has them: the first that fits. `m/ID/shop` is an old address of the counter. */
const PROGRAMS = [
  ['people', /^operator\/(members|staff|disputes|enrol)(\/|$)/],
  ['desk', /^operator(\/|$)/],
  ['shop', /^m\/[^/]+\/shop(\/|$)|^shop\//],
  ['account', /^(?!m\/)|^m\/[^/]+\/(profile|code)(\/|$)/],
  ['points', /^m\/[^/]+\/(move|transfer|redeem|market|invite|orders)(\/|$)/],
  ['wallet', /^/],
];

/** The address of the member who signed in here last (`mark::START`): an app on a home screen opens with it. */
function start() {
  try {
    return localStorage.getItem('gongxiang.start');
  } catch {
    return null;
  }
}

/** Resolves once the browser has shown the page, since starting the binary delays that. A hidden page is not waited for. */
const painted = new Promise((resolve) => {
  if (globalThis.PerformanceObserver) new PerformanceObserver(resolve).observe({ type: 'paint', buffered: true });
  setTimeout(resolve, 300);
});

/** Asks for the binary at once; the glue asks for it only after it was read itself. */
function preload(file) {
  const link = Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous' });
  link.href = new URL(file, import.meta.url);
  document.head.append(link);
}

/** Shows why there is no wallet, in place of the wallet. */
function say(id) {
  document.getElementById('app').hidden = true;
  document.getElementById(id).hidden = false;
}

document.getElementById('reload').addEventListener('click', () => location.reload());
if (globalThis.WebAssembly) {
  try {
    if (!location.hash && start()) history.replaceState(null, '', start());
    const path = location.hash.replace(/^#*\/*/, '');
    const [program] = PROGRAMS.find(([, fits]) => fits.test(path));
    preload(`./${program}/${program}_bg.wasm`);
    const glue = import(`./${program}/${program}.js`);
    await painted;
    const { default: init } = await glue;
    await init();
    import('./chart.js');
    import('./regions.js');
    if (program === 'shop') import('./scan.js');
  } catch (error) {
    say('no-start');
    throw error;
  }
} else {
  say('no-wasm');
}

// A browser that refuses has a wallet that needs the network.
navigator.serviceWorker?.register('sw.js').catch(() => {});
