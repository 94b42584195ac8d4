// Starts the wallet, or the operator's desk where the address is the desk's (`Route` in src/route.rs). A file of its own, so that
// the page needs no inline script.
const DESK = /^#*\/*operator(\/|$)/;

/** When what stands in the page was seen, which the binary would hold up; a page that nobody sees does not wait long. */
const seen = new Promise((resolve) => {
  if (globalThis.PerformanceObserver) new PerformanceObserver(resolve).observe({ type: 'paint', buffered: true });
  setTimeout(resolve, 300);
});

try {
  const glue = import(DESK.test(location.hash) ? './desk/desk.js' : './wallet.js');
  await seen;
  const { default: init } = await glue;
  await init();
  import('./chart.js');
} catch (error) {
  document.getElementById('app').hidden = true;
  document.getElementById('no-start').hidden = false;
  throw error;
}

// A browser that refuses has a wallet that needs the network.
navigator.serviceWorker?.register('sw.js').catch(() => {});
