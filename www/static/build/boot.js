// Starts the program to which the address belongs. A file of its own, so that the page needs no inline script.

/** The programs and their addresses after `#/`, as src/screens.rs has them: the first that fits. `m/ID/shop` is an old address of the counter. */
const PROGRAMS = [
  ['goods', /^(m\/[^/]+\/redeem|shop\/[^/]+\/goods|operator\/goods)(\/|$)/],
  ['people', /^operator\/(members|staff|enrol)(\/|$)/],
  ['ahead', /^operator\/economy(\/|$)|^m\/[^/]+\/forecast(\/|$)/],
  ['news', /^m\/[^/]+\/(notices|team|city)(\/|$)/],
  ['rules', /^operator\/rules(\/|$)/],
  ['desk', /^operator(\/|$)/],
  ['shop', /^m\/[^/]+\/shop(\/|$)|^shop\//],
  ['account', /^(?!m\/|shops(\/|$))|^m\/[^/]+\/(profile|code)(\/|$)/],
  ['points', /^m\/[^/]+\/(move|transfer|market|invite|orders)(\/|$)/],
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

/** The mark of a visit whose program was taken out of the worker's store. */
const AGAIN = 'gongxiang.again';

/** After a start the next damage has its chance again. */
function forget() {
  try {
    sessionStorage.removeItem(AGAIN);
  } catch {
    // Where nothing is stored, nothing was marked.
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

/** Takes a program that did not start out of the worker's store, where it may be damaged; it then comes from the network. Answers with whether
 * it is worth another start: once a visit, and only if there was something to take out. */
async function takeOut(program) {
  if (sessionStorage.getItem(AGAIN)) return false;
  sessionStorage.setItem(AGAIN, program);
  const name = `gongxiang-${/([^/]+)\/[^/]*$/.exec(import.meta.url)[1]}`;
  if (!await caches.has(name)) return false;
  const store = await caches.open(name);
  const files = [`${program}/${program}.js`, `${program}/${program}_bg.wasm`];
  const gone = await Promise.all(files.map((file) => store.delete(new URL(file, import.meta.url).href)));
  return gone.includes(true);
}

/** Shows why there is no wallet, in place of the wallet. */
function say(id) {
  document.getElementById('app').hidden = true;
  document.getElementById(id).hidden = false;
}

document.getElementById('reload').addEventListener('click', () => location.reload());
if (globalThis.WebAssembly) {
  let chosen;
  try {
    if (!location.hash && start()) history.replaceState(null, '', start());
    const path = location.hash.replace(/^#*\/*/, '');
    const [program] = PROGRAMS.find(([, fits]) => fits.test(path));
    chosen = program;
    preload(`./${program}/${program}_bg.wasm`);
    const glue = import(`./${program}/${program}.js`);
    await painted;
    const { default: init } = await glue;
    await init();
    forget();
    import('./chart.js');
    import('./regions.js');
    if (['shop', 'points', 'goods'].includes(program)) import('./scan.js');
    if (program === 'rules') import('./backtest.js');
  } catch (error) {
    // A store may refuse, or never answer.
    const again = await Promise.race([takeOut(chosen).catch(() => false), new Promise((resolve) => setTimeout(resolve, 2000))]);
    if (again) location.reload();
    else say('no-start');
    throw error;
  }
} else {
  say('no-wasm');
}

// A browser that refuses has a wallet that needs the network.
navigator.serviceWorker?.register('sw.js').catch(() => {});
