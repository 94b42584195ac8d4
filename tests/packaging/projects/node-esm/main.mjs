import { init, openBook, preset, version } from 'gongxiang';

await init();
const book = openBook({ ...preset('seed'), redemption: 'treasury' });
book.apply({ type: 'member.registered', member: 'ann' });
console.log(version(), book.account('ann').locked);
