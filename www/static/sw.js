// Opens the wallet without a network. Balances are not stored here: the wallet stores them itself.
//
// The files of a build lie in a directory with the build's name, so the parts of two builds never run together. This worker
// belongs to one build and answers for that build's files. Which build is shown, the network decides: it gives the page. Only
// without a network does the worker give its own.
//
// The store can be full, damaged, silent or forbidden. Then everything comes from the network, as if there were no worker.

/** The directory of this build. `cargo xtask build` puts the build's name here and into the page. */
const BUILD = 'build';
const STORE = `gongxiang-${BUILD}`;

const here = (name) => new URL(name, location).href;
const PAGE = here('./');
const ROOT_FILES = ['index.html', 'manifest.webmanifest', 'icon.svg', 'icon-192.png', 'icon-512.png'].map(here);
const BUILD_FILES = [
  'styles.css', 'boot.js', 'chart.js', 'uplot.js', 'uplot.css', 'regions.js', 'scan.js', 'icon.svg',
  // Whoever signs out without a network comes to `account`.
  ...['wallet', 'points', 'account', 'ahead'].flatMap((name) => [`${name}/${name}.js`, `${name}/${name}_bg.wasm`]),
  ...['home', 'statement', 'calculator', 'forecast', 'move', 'shop', 'account'].map((name) => `icons/${name}.svg`),
].map((name) => here(`${BUILD}/${name}`));
/** Stored once somebody has opened them: a buyer's browser does not load what few members, a shop or the operator need. Without a network they
 * show what was there then, so before that they would show nothing. */
const SELDOM_FILES = [
  ...['news', 'shop', 'goods', 'desk', 'people', 'rules'].flatMap((name) => [`${name}/${name}.js`, `${name}/${name}_bg.wasm`]),
  'icons/people.svg', 'decode.js', 'backtest.js', 'backtest-worker.js', 'economy_bg.wasm',
].map((name) => here(`${BUILD}/${name}`));

/** How long the store may take before the network is asked, in milliseconds. Some stores never answer. */
const PATIENCE = 1000;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether the store did not answer in time. Then nothing waits for it until it has answered. */
let isSilent = false;

/** Stores an answer with its length, by which it is known later whether it is whole. */
async function put(store, file, answer) {
  const body = await answer.blob();
  const headers = new Headers(answer.headers);
  headers.delete('content-encoding');
  headers.set('content-length', body.size);
  await store.put(file, new Response(body, { headers }));
}

addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    try {
      // All or none: if a file does not arrive or there is no room, the worker before this one stays, with its whole build.
      await Promise.all([PAGE, ...ROOT_FILES, ...BUILD_FILES].map(async (file) => {
        const answer = await fetch(file, { cache: 'no-cache' });
        if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
        await put(store, file, answer);
      }));
    } catch (error) {
      await caches.delete(STORE);
      throw error;
    }
    await skipWaiting();
  })());
});

async function clean() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('gongxiang-') && name !== STORE).map((name) => caches.delete(name)));
}

addEventListener('activate', (event) => {
  // No file is given before this ends.
  event.waitUntil(Promise.race([clean().catch(() => {}), pause(PATIENCE)]));
});

/** The stored file, if there is one, it is whole, and the store can be read. */
async function read(file) {
  try {
    const store = await caches.open(STORE);
    const kept = await store.match(file);
    // A binary is not read twice: the page notices that it does not start, and takes it out of the store.
    if (!kept || file.endsWith('.wasm')) return kept;
    const { size } = await (await store.match(file)).blob();
    return kept.headers.get('content-length') === `${size}` ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** The same, if the store answers soon. */
async function stored(file) {
  let answered = false;
  const asked = read(file).then((kept) => {
    answered = true;
    isSilent = false;
    return kept;
  });
  const kept = await Promise.race([asked, pause(isSilent ? 0 : PATIENCE)]);
  isSilent = !answered;
  return kept;
}

async function keep(file, answer) {
  try {
    await put(await caches.open(STORE), file, answer);
  } catch {
    // It comes from the network again the next time.
  }
}

/** What the network gives, or without a network what is stored. Then the store may take its time. */
async function fromNetwork(request, file) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await read(file);
    if (kept) return kept;
    throw error;
  }
}

/** A file of a named build never changes. */
async function fromBuild(event, file) {
  const kept = await stored(file);
  if (kept) return kept;
  const answer = await fromNetwork(event.request, file);
  if (answer.ok && !isSilent) event.waitUntil(keep(file, answer.clone()));
  return answer;
}

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = '';
  const file = url.href;
  if (request.method !== 'GET') return;
  if (file === PAGE || ROOT_FILES.includes(file)) {
    event.respondWith(fromNetwork(request, file));
  } else if (BUILD_FILES.includes(file) || SELDOM_FILES.includes(file)) {
    event.respondWith(fromBuild(event, file));
  }
});

/** The member's screen for each kind of notice. */
const SCREENS = {
  earned: 'statement', vested: 'orders', order_refunded: 'orders', trade_taken: 'market', trade_paid: 'market', trade_disputed: 'market',
  partner_lapses: 'city', goods_handed_out: 'redeem',
};

/** The address of the page that a notice is about: of one kind its screen, of several the first screen. */
function pageOf(member, kinds) {
  if (kinds.length !== 1) return PAGE;
  const [kind] = kinds;
  if (kind === 'rules_changed') return `${PAGE}#/rules`;
  if (!member) return PAGE;
  if (kind === 'deposit_short') return `${PAGE}#/shop/${member}/manage`;
  return `${PAGE}#/m/${member}/${SCREENS[kind] ?? ''}`;
}

// The server says what kind of things happened, with the words for it. Nothing of it is personal, so a locked screen may show it. A message
// that comes twice has the same tag and takes its own place.
addEventListener('push', (event) => {
  let message = {};
  try {
    message = event.data.json();
  } catch {
    // A browser that shows nothing for a message loses its subscription.
  }
  const { tag, title = '共享购', body = '', notices = [] } = message;
  const data = notices.map(({ kind }) => kind);
  event.waitUntil(registration.showNotification(title, { tag, body, data, icon: here('icon-192.png') }));
});

addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const answer = await fetch(here('v1/session')).catch(() => undefined);
    const { member } = answer?.ok ? await answer.json() : {};
    const address = pageOf(member, event.notification.data);
    const [page] = await clients.matchAll({ type: 'window' });
    const shown = await page?.navigate(address).catch(() => undefined);
    await (shown ? shown.focus() : clients.openWindow(address));
  })());
});
