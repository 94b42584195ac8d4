// Keeps the wallet's own files, so that it opens without a network. Numbers are not kept here: the wallet keeps them itself.
const NAME = 'gongxiang-files';
const FILES = [
  './', 'index.html', 'styles.css', 'boot.js', 'wallet.js', 'wallet_bg.wasm', 'chart.js', 'uplot.js', 'uplot.css',
  'manifest.webmanifest', 'icon.svg', 'icon-192.png', 'icon-512.png',
  ...['home', 'statement', 'calculator', 'forecast', 'move', 'shop'].map((name) => `icons/${name}.svg`),
].map((name) => new URL(name, location).href);
// Kept once somebody has opened them: a member's browser does not load what is the operator's.
const DESK = ['desk/desk.js', 'desk/desk_bg.wasm'].map((name) => new URL(name, location).href);

addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

// The newest file where the network has it; the kept one where it has not.
addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = '';
  const { href } = url;
  if (request.method !== 'GET' || ![...FILES, ...DESK].includes(href)) return;
  event.respondWith((async () => {
    const cache = await caches.open(NAME);
    try {
      const answer = await fetch(request);
      if (answer.ok) await cache.put(href, answer.clone());
      return answer;
    } catch (error) {
      const kept = await cache.match(href);
      if (kept) return kept;
      throw error;
    }
  })());
});
