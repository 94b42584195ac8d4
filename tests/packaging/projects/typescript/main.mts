import { GongxiangError, init, initSync, openBook, preset, type JournalEvent, type Receipt, type RuleSet } from 'gongxiang';
import binary from 'gongxiang/gongxiang.wasm';
import * as inline from 'gongxiang/inline';
import * as phone from 'gongxiang/miniprogram';
import { EarningsPreview, type EarningsPreviewDetail } from 'gongxiang/widget';

await init();
await init(new URL('https://example.org/gongxiang.wasm'));
await init(fetch('/gongxiang.wasm'));
await init(new Uint8Array(8));
await init(await WebAssembly.compile(new Uint8Array(8)));
await init(binary);
initSync(new Uint8Array(8));
// @ts-expect-error an address cannot be read at once
initSync('gongxiang.wasm');
inline.initSync();
await phone.init({ path: '/static/gongxiang.wasm.br' });
// @ts-expect-error a number is no binary
await init(7);
// @ts-expect-error nor is any object
await init({ path: 'gongxiang.wasm' });
const rules: RuleSet = { ...preset('seed'), redemption: 'burn' };
const book = openBook(rules);
const event: JournalEvent = { type: 'treasury.granted', member: 'shop', points: '1000' };
try {
  const said = (receipt: Receipt) => {
    console.log(receipt.day, receipt.type === 'order.placed' ? receipt.rewards[0]?.share_value : '');
    // @ts-expect-error not every receipt has rewards
    console.log(receipt.rewards);
  };
  said(book.apply(event));
  const placed = book.preview({
    type: 'order.placed', order: 'o', buyer: 'a', merchant: 'b', channel: 'online', amount: '1', concession: '1', region: '440106',
  });
  console.log(placed.points satisfies string, placed.rewards.length);
} catch (error) {
  if (error instanceof GongxiangError) console.log(error.code satisfies string, error.field);
}
{
  using open = openBook('seed');
  console.log(open.state().day);
}

// @ts-expect-error money is a text, never a number
book.apply({ type: 'treasury.granted', member: 'shop', points: 1000 });
// @ts-expect-error there is no such event
book.apply({ type: 'treasury.robbed', member: 'shop', points: '1000' });
// @ts-expect-error no such preset
openBook('sead');

const element: EarningsPreview = document.createElement('earnings-preview');
element.rules = rules;
element.forecast = 30;
element.amount = undefined;
element.addEventListener('gongxiang-preview', ({ detail }) => {
  const { receipt, price }: EarningsPreviewDetail = detail;
  // @ts-expect-error a price is a text
  const wrong: number = price;
  console.log(receipt.points, wrong);
});
