// Starts the wallet, or the operator's desk where the address is the desk's (`Route` in src/route.rs). A file of its own, so that
// the page needs no inline script.
const DESK = /^#*\/*operator(\/|$)/;

try {
  const { default: init } = await import(DESK.test(location.hash) ? './desk/desk.js' : './wallet.js');
  await init();
  import('./chart.js');
} catch (error) {
  document.getElementById('app').hidden = true;
  document.getElementById('no-start').hidden = false;
  throw error;
}

// A browser that refuses has a wallet that needs the network.
navigator.serviceWorker?.register('sw.js').catch(() => {});
