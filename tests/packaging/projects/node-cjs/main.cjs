const { init, openBook, preset, version } = require('gongxiang');

init().then(() => {
  const book = openBook({ ...preset('seed'), redemption: 'treasury' });
  book.apply({ type: 'member.registered', member: 'ann' });
  console.log(version(), book.account('ann').locked);
});
