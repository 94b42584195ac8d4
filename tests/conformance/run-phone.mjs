// Runs cases in the mini-program's package on one kind of phone: one case a line in, its results a line out. The texts become values
// inside the phone, as they would from `wx.request`.
import { createInterface } from 'node:readline';
import { phone } from '../miniprogram/phone.mjs';

const { require, context, run } = phone(process.argv[2]);
context.rules = require('gongxiang');
await run('rules.init()');
const results = run(`(function (line) {
  const { rules: ruleSet, events } = JSON.parse(line);
  const book = rules.openBook(ruleSet);
  const receipts = [];
  for (const event of events) {
    try {
      receipts.push(book.apply(event));
    } catch (error) {
      // \`replay\` lists the refusals; anything else is a bug.
      if (error.name !== 'GongxiangError') throw error;
    }
  }
  const { refused, days, state } = rules.replay(ruleSet, events);
  const stepwise = book.state();
  book.free();
  return JSON.stringify({ receipts: receipts.filter((receipt) => receipt.rewards), refused, days, state, stepwise });
})`);
for await (const line of createInterface({ input: process.stdin })) console.log(results(line));
