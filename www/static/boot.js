// Starts the wallet. A file of its own, so that the page needs no inline script.
import init from './wallet.js';

try {
  await init();
  import('./chart.js');
} catch (error) {
  document.getElementById('app').hidden = true;
  document.getElementById('no-start').hidden = false;
  throw error;
}

// A browser that refuses has a wallet that needs the network.
navigator.serviceWorker?.register('sw.js').catch(() => {});
