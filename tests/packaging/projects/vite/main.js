import { init, openBook, version } from 'gongxiang';

await init();
const book = openBook('seed');
book.apply({ type: 'member.registered', member: 'ann' });
document.querySelector('output').textContent = `${version()} ${book.account('ann').locked}`;
