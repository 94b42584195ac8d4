const { init } = require('gongxiang');

App({
  onLaunch() {
    // Starts to load early. Whoever needs the rules waits for the same load.
    init().catch(() => {});
  },
});
