// Starts the wallet, or the operator's desk where the address is the desk's (`Route` in src/route.rs). A file of its own, so that
// the page needs no inline script.
const DESK = /^#*\/*operator(\/|$)/;

/** Resolves once the browser has shown the page, since starting the binary delays that. A hidden page is not waited for. */
const painted = new Promise((resolve) => {
  if (globalThis.PerformanceObserver) new PerformanceObserver(resolve).observe({ type: 'paint', buffered: true });
  setTimeout(resolve, 300);
});

/** Shows why there is no wallet, in place of the wallet. */
function say(id) {
  document.getElementById('app').hidden = true;
  document.getElementById(id).hidden = false;
}

document.getElementById('reload').addEventListener('click', () => location.reload());
if (globalThis.WebAssembly) {
  try {
    const glue = import(DESK.test(location.hash) ? './desk/desk.js' : './wallet.js');
    await painted;
    const { default: init } = await glue;
    await init();
    import('./chart.js');
  } catch (error) {
    say('no-start');
    throw error;
  }
} else {
  say('no-wasm');
}

// A browser that refuses has a wallet that needs the network.
navigator.serviceWorker?.register('sw.js').catch(() => {});
