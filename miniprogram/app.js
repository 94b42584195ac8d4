const { init } = require('gongxiang');

App({
  onLaunch() {
    // Begun early, so that the first page does not wait for it; whoever needs the rules waits for the same load.
    init().catch(() => {});
  },
});
