// The same forecast of a year, day by day, in decimal.js, big.js and bignumber.js: 18 places for the indices, 8 for the rest, rounded
// where the rules say. One run measures all of them beside the package; no test depends on the times.

/** The libraries behind one shape: numbers, and rounding down or up to so many places. */
export function libraries({ Decimal, Big, BigNumber }) {
  // As little as gives every digit: 26 places of an exact product, 18 of a quotient and two to see whether to round up.
  const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_DOWN, toExpNeg: -40, toExpPos: 80 });
  Big.DP = 20;
  Big.RM = 0;
  const Wide = BigNumber.clone({ DECIMAL_PLACES: 20, ROUNDING_MODE: BigNumber.ROUND_DOWN, EXPONENTIAL_AT: 80 });
  return {
    'decimal.js': { of: (x) => new Exact(x), down: (x, n) => x.toDecimalPlaces(n, Exact.ROUND_DOWN), up: (x, n) => x.toDecimalPlaces(n, Exact.ROUND_UP) },
    'big.js': { of: (x) => new Big(x), down: (x, n) => x.round(n, 0), up: (x, n) => x.round(n, 3) },
    'bignumber.js': { of: (x) => new Wide(x), down: (x, n) => x.decimalPlaces(n, Wide.ROUND_DOWN), up: (x, n) => x.decimalPlaces(n, Wide.ROUND_UP) },
  };
}

/** RULES.md section 5 for one account and one flat path: release, price, inflow, for so many days. */
export function walk({ of, down, up }, start, days) {
  const daily = of(start.daily), cap = of(start.cap), inflow = of(start.inflow), turnover = of(start.turnover);
  const minTotal = of(start.minTotal), low = of(start.low), high = of(start.high), one = of('0.00000001');
  let nav = of(start.nav), acc = of(start.acc), units = of(start.units), issued = of(start.issued), price = of(start.price);
  let carryPoints = of(0), carryValue = of(0);
  const own = of(start.own), from = acc;
  const window = of(start.window), recent = [];
  let sum = of(0);
  for (let day = 0; day < days; day += 1) {
    if (day > 0) {
      units = units.plus(up(inflow.div(nav), 8));
      recent.push(turnover);
      sum = sum.plus(turnover);
      if (recent.length > start.window) sum = sum.minus(recent[recent.length - 1 - start.window]);
    }
    const total = down(units.times(nav), 8);
    let released = down(total.minus(minTotal).minus(carryValue).div(price), 8);
    if (released.gt(daily)) released = daily;
    const room = cap.minus(issued);
    if (released.gt(room)) released = room;
    if (released.gt(0)) {
      issued = issued.plus(released);
      const points = released.plus(carryPoints);
      const step = down(points.div(units), 18);
      acc = acc.plus(step);
      carryPoints = points.minus(step.times(units));
      const value = released.times(price).plus(carryValue);
      const drop = down(value.div(units), 18);
      nav = nav.minus(drop);
      carryValue = value.minus(drop.times(units));
    }
    let aim = price;
    if (recent.length > 0) aim = down(sum.div((recent.length < start.window ? of(recent.length) : window).times(daily)), 8);
    let floor = up(price.times(low), 8), ceil = down(price.times(high), 8);
    if (floor.gt(price.minus(one))) floor = price.minus(one);
    if (ceil.lt(price.plus(one))) ceil = price.plus(one);
    if (aim.lt(floor)) aim = floor;
    if (aim.gt(ceil)) aim = ceil;
    price = aim;
  }
  return { earned: down(own.times(acc.minus(from)), 8).toFixed(), shareValue: down(own.times(nav), 8).toFixed(), price: price.toFixed() };
}

/** Milliseconds for one call; `race` keeps the fastest of several runs, because what else the machine does is no part of it.
 * All run in turn, so that all meet the same machine. */
function run(call, calls) {
  const start = performance.now();
  for (let i = 0; i < calls; i += 1) call();
  return (performance.now() - start) / calls;
}

/** The same for several calls by name, in turn. */
export function race(calls, rounds = 40) {
  const best = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, [call, times]] of Object.entries(calls)) best[name] = Math.min(best[name] ?? Infinity, run(call, times));
  }
  return best;
}

/** The package and the libraries from one eve: milliseconds, and whether they agree.
 * @param {typeof import('../pkg/economy.d.ts')} scheme */
export async function measureForecast(scheme, modules) {
  await scheme.init();
  const rules = scheme.preset('seed');
  const book = scheme.openBook(rules);
  for (const event of [
    { type: 'member.registered', member: 'shop' },
    { type: 'pack.purchased', member: 'shop', pack: 'merchant' },
    { type: 'treasury.granted', member: 'shop', points: '20000' },
    { type: 'merchant.opened', member: 'shop', region: '440106' },
    { type: 'member.registered', member: 'ann', referrer: 'shop' },
    { type: 'pack.purchased', member: 'ann', pack: 'member' },
    { type: 'price.set', price: '11.26126126' },
  ]) book.apply(event);
  const eve = book.eve('ann');
  book.free();
  const inflow = '160000', turnover = '10000';
  const days = 365;
  const start = {
    daily: rules.release.daily, cap: rules.supply.cap, minTotal: rules.release.min_total, low: '0.9', high: '1.1', window: rules.price.window_days,
    nav: eve.nav, acc: '0', units: eve.total_units, issued: eve.issued, price: eve.price, own: eve.units, inflow, turnover,
  };
  const assumptions = { growth_30d: ['0'], horizons: [days], inflow, turnover };
  const open = scheme.openEve(eve);
  const ours = open.forecast(assumptions).paths[0].outlooks[0];
  const calls = { package: [() => open.forecast(assumptions), 20], once: [() => scheme.forecast(eve, assumptions), 20] };
  const same = {};
  for (const [name, library] of Object.entries(libraries(modules))) {
    const theirs = walk(library, start, days);
    same[name] = theirs.earned === ours.earned && theirs.shareValue === ours.share_value && theirs.price === ours.price;
    calls[name] = [() => walk(library, start, days), 2];
  }
  const scenario = { days: 365, members: 10000, joining: 100, roles: true, partners: true };
  calls.simulation = [() => scheme.simulate('seed', scenario), 1];
  const { once, simulation, ...results } = race(calls);
  // What a slider does at each move: the band and the network anew.
  const moves = Array.from({ length: 100 }, (_, i) => {
    const growth = ((i - 50) / 250).toFixed(3);
    const began = performance.now();
    open.forecast({ growth_30d: ['-0.15', growth, '0.15'], inflow, turnover });
    scheme.simulate('seed', { ...scenario, turnover: { daily: turnover, growth_30d: growth } });
    return performance.now() - began;
  }).sort((a, b) => a - b);
  open.free();
  return { results, same, once, simulation, slider: moves[94] };
}

/** One line a runtime. */
export function say(where, { results, same, once, simulation, slider }) {
  const { package: ours, ...theirs } = results;
  const [fastest, best] = Object.entries(theirs).sort((a, b) => a[1] - b[1])[0];
  const wrong = Object.entries(same).filter(([, agrees]) => !agrees).map(([name]) => name);
  console.log(`${where.padEnd(9)} forecast of 365 days ${ours.toFixed(3)} ms, ${Object.entries(theirs).map(([n, ms]) => `${n} ${ms.toFixed(2)} ms`).join(', ')}; `
    + `${fastest} ÷ package ${(best / ours).toFixed(1)} (at least 30), ${(best / once).toFixed(1)} where the eve is read each time; the digits ${wrong.length ? `DIFFER in ${wrong}` : 'agree'}`);
  console.log(`${where.padEnd(9)} simulation of 365 days ${simulation.toFixed(2)} ms (at most 10); both at each move of a slider ${slider.toFixed(2)} ms at p95 (at most 16)`);
}
