import { init, openBook, preset, type GongxiangError, type JournalEvent, type Receipt, type RuleSet } from 'gongxiang';
import { EarningsPreview, type EarningsPreviewDetail } from 'gongxiang/widget';

await init();
await init(new URL('https://example.org/gongxiang.wasm'));
await init(fetch('/gongxiang.wasm'));
await init(new Uint8Array(8));
await init(await WebAssembly.compile(new Uint8Array(8)));
// @ts-expect-error a number is no binary
await init(7);
// @ts-expect-error nor is any object
await init({ path: 'gongxiang.wasm' });
const rules: RuleSet = { ...preset('seed'), redemption: 'burn' };
const book = openBook(rules);
const event: JournalEvent = { type: 'treasury.granted', member: 'shop', points: '1000' };
try {
  const receipt: Receipt = book.apply(event);
  console.log(receipt.day, receipt.rewards?.[0]?.share_value);
} catch (error) {
  console.log((error as GongxiangError).code satisfies string);
}

// @ts-expect-error money is a text, never a number
book.apply({ type: 'treasury.granted', member: 'shop', points: 1000 });
// @ts-expect-error there is no such event
book.apply({ type: 'treasury.robbed', member: 'shop', points: '1000' });
// @ts-expect-error no such preset
openBook('sead');

const element: EarningsPreview = document.createElement('earnings-preview');
element.addEventListener('gongxiang:preview', ({ detail }) => {
  const { receipt, price }: EarningsPreviewDetail = detail;
  // @ts-expect-error a price is a text
  const wrong: number = price;
  console.log(receipt.points, wrong);
});
