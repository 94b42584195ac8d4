// Opens the wallet without a network. Balances are not stored here: the wallet stores them itself.
//
// The files of a build lie in a directory with the build's name, so the parts of two builds never run together. This worker
// belongs to one build and answers for that build's files. Which build is shown, the network decides: it gives the page. Only
// without a network does the worker give its own.
//
// The store can be full, damaged or forbidden. Then everything comes from the network, as if there were no worker.

/** The directory of this build. `cargo xtask build` puts the build's name here and into the page. */
const BUILD = 'build';
const STORE = `gongxiang-${BUILD}`;

const here = (name) => new URL(name, location).href;
const PAGE = here('./');
const ROOT_FILES = ['index.html', 'manifest.webmanifest', 'icon.svg', 'icon-192.png', 'icon-512.png'].map(here);
const BUILD_FILES = [
  'styles.css', 'boot.js', 'chart.js', 'uplot.js', 'uplot.css', 'regions.js', 'icon.svg',
  // Whoever signs out without a network comes to `account`.
  ...['wallet', 'points', 'account'].flatMap((name) => [`${name}/${name}.js`, `${name}/${name}_bg.wasm`]),
  ...['home', 'statement', 'calculator', 'forecast', 'move', 'shop', 'account'].map((name) => `icons/${name}.svg`),
].map((name) => here(`${BUILD}/${name}`));
/** Stored once somebody has opened them: a buyer's browser does not load what only a shop or the operator needs. */
const SELDOM_FILES = [
  ...['shop', 'desk', 'people'].flatMap((name) => [`${name}/${name}.js`, `${name}/${name}_bg.wasm`]),
  'icons/people.svg', 'scan.js', 'decode.js',
].map((name) => here(`${BUILD}/${name}`));

addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    try {
      // All or none: if a file does not arrive or there is no room, the worker before this one stays, with its whole build.
      await store.addAll([PAGE, ...ROOT_FILES, ...BUILD_FILES].map((file) => new Request(file, { cache: 'no-cache' })));
    } catch (error) {
      await caches.delete(STORE);
      throw error;
    }
    await skipWaiting();
  })());
});

addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith('gongxiang-') && name !== STORE).map((name) => caches.delete(name)));
  })());
});

/** The stored file, if there is one and the store can be read. */
async function stored(file) {
  try {
    return await (await caches.open(STORE)).match(file);
  } catch {
    return undefined;
  }
}

async function keep(file, answer) {
  try {
    await (await caches.open(STORE)).put(file, answer);
  } catch {
    // It comes from the network again the next time.
  }
}

async function networkFirst(request, file) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await stored(file);
    if (kept) return kept;
    throw error;
  }
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = '';
  const file = url.href;
  if (request.method !== 'GET') return;
  if (file === PAGE || ROOT_FILES.includes(file)) {
    event.respondWith(networkFirst(request, file));
  } else if (BUILD_FILES.includes(file)) {
    // A file of a named build never changes.
    event.respondWith(stored(file).then((kept) => kept ?? fetch(request)));
  } else if (SELDOM_FILES.includes(file)) {
    event.respondWith((async () => {
      const kept = await stored(file);
      if (kept) return kept;
      const answer = await fetch(request);
      if (answer.ok) event.waitUntil(keep(file, answer.clone()));
      return answer;
    })());
  }
});
