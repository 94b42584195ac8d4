// The package and the widget: both must work on one engine.
import { init, openBook, version } from 'gongxiang';
import 'gongxiang/widget';

document.body.append(document.createElement('earnings-preview'));
await init();
const book = openBook('seed');
book.apply({ type: 'member.registered', member: 'ann' });
const output = document.createElement('output');
output.textContent = `${version()} ${book.account('ann').locked}`;
document.body.append(output);
