// Runs cases in the package, as Node gets it: one case a line in, its results a line out.
import { createInterface } from 'node:readline';
import { init, openBook, replay } from '../../pkg/node.mjs';

await init();
for await (const line of createInterface({ input: process.stdin })) {
  const { rules, events } = JSON.parse(line);
  const book = openBook(rules);
  const receipts = [];
  for (const event of events) {
    try {
      receipts.push(book.apply(event));
    } catch (error) {
      // `replay` lists the refusals; anything else is a bug.
      if (error.name !== 'GongxiangError') throw error;
    }
  }
  const { refused, days, state } = replay(rules, events);
  const stepwise = book.state();
  book.free();
  console.log(JSON.stringify({ receipts: receipts.filter((receipt) => receipt.rewards), refused, days, state, stepwise }));
}
