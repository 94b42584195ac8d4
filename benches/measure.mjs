// What is measured, the same in Node and in a page.

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Runs the journal and previews in a loaded package.
 * @param {typeof import('../pkg/index.d.ts')} scheme */
export async function measure(scheme, rules, events) {
  await scheme.init();
  const replays = Array.from({ length: 7 }, () => {
    const start = performance.now();
    scheme.replay(rules, events);
    return performance.now() - start;
  });

  const book = scheme.openBook('seed');
  for (const event of [
    { type: 'member.registered', member: 'shop' },
    { type: 'pack.purchased', member: 'shop', pack: 'merchant' },
    { type: 'treasury.granted', member: 'shop', points: '1000' },
    { type: 'merchant.opened', member: 'shop', region: '440106' },
    { type: 'member.registered', member: 'buyer', referrer: 'shop' },
    { type: 'pack.purchased', member: 'buyer', pack: 'member' },
  ]) book.apply(event);
  const order = { type: 'order.placed', order: 'o', buyer: 'buyer', merchant: 'shop', channel: 'online', amount: '1000', concession: '100', region: '440106' };
  const previews = Array.from({ length: 20 }, () => {
    const start = performance.now();
    for (let i = 0; i < 500; i += 1) book.preview(order);
    return (performance.now() - start) / 500;
  });
  book.free();
  return { eventsPerSecond: events.length / (median(replays) / 1e3), previewMicroseconds: median(previews) * 1e3 };
}
