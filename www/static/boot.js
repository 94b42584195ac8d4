// Starts the wallet. A file of its own, so that the page needs no inline script.
import init from './wallet.js';

try {
  await init();
} catch (error) {
  document.getElementById('app').hidden = true;
  document.getElementById('no-start').hidden = false;
  throw error;
}
