// Past days under two rule sets: a journal is settled twice, once by the rules that were in force and once by other ones from a day on. What the
// members did stays the same; an event that the other rules refuse does not happen.

const PLACES = 100_000_000n;
const TENTHS = 10;

/** A decimal of at most 8 places as a whole number of its smallest parts. */
export function raw(text) {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
  const size = BigInt(whole) * PLACES + BigInt(part.padEnd(8, '0'));
  return sign ? -size : size;
}

/** The canonical text of a raw number. */
export function text(number) {
  const size = number < 0n ? -number : number;
  const part = `${size % PLACES}`.padStart(8, '0').replace(/0+$/, '');
  return `${number < 0n ? '-' : ''}${size / PLACES}${part && `.${part}`}`;
}

/** What a book has at the end, and what its members have. */
function standing(book) {
  const { price, supply, accounts } = book.state();
  return { price, supply, accounts };
}

/** The members by what the other rules change for them, in tenths: the mean of their points under both. */
function tenths(before, after) {
  const rows = Object.entries(before.accounts).map(([member, { points }]) => {
    const then = after.accounts[member]?.points ?? '0';
    return { now: raw(points), then: raw(then) };
  });
  rows.sort((one, other) => {
    const [a, b] = [one.then - one.now, other.then - other.now];
    return a < b ? -1 : a > b ? 1 : 0;
  });
  const groups = [];
  for (let tenth = 0; tenth < TENTHS; tenth += 1) {
    const group = rows.slice(Math.floor((rows.length * tenth) / TENTHS), Math.floor((rows.length * (tenth + 1)) / TENTHS));
    if (!group.length) continue;
    const mean = (key) => text(group.reduce((sum, row) => sum + row[key], 0n) / BigInt(group.length));
    groups.push({ members: group.length, now: mean('now'), then: mean('then') });
  }
  const count = (test) => rows.filter(({ now, then }) => test(then, now)).length;
  return { groups, gain: count((then, now) => then > now), lose: count((then, now) => then < now), same: count((then, now) => then === now) };
}

/**
 * Settles the journal under both rule sets.
 * @param {object} task
 * @param {(rules: unknown) => { apply(event: unknown): unknown, state(): any, free(): void }} task.openBook
 * @param {AsyncIterable<unknown[]>} task.pages the journal's events, some at a time
 * @param {unknown} task.first the rule set with which the book was opened
 * @param {Record<string, unknown>} task.changes the top-level keys of the other rules
 * @param {string} task.from the day from whose beginning on the other rules hold
 * @param {(events: number, day: string) => void} [task.onProgress] after each page
 */
export async function backtest({ openBook, pages, first, changes, from, onProgress = () => {} }) {
  const now = openBook(first);
  const then = openBook(first);
  try {
    let day = now.state().day;
    let adopted = day >= from;
    const adopt = () => then.apply({ type: 'rules.adopted', rules: changes });
    if (adopted) adopt();
    const start = {};
    const note = () => Object.assign(start, { released: now.state().supply.issued, burned: now.state().supply.burned });
    if (adopted) note();
    const refused = {};
    let [events, adoptions] = [0, 0];
    for await (const page of pages) {
      for (const event of page) {
        now.apply(event);
        if (adopted && event.type === 'rules.adopted') {
          // The proposed rules stay in force.
          adoptions += 1;
        } else {
          try {
            then.apply(event);
          } catch (error) {
            if (error?.name !== 'GongxiangError' || !adopted) throw error;
            refused[event.type] = (refused[event.type] ?? 0) + 1;
          }
        }
        if (event.type === 'day.closed') {
          day = event.day;
          if (!adopted && nextDay(day) >= from) {
            adopted = true;
            note();
            adopt();
          }
        }
        events += 1;
      }
      onProgress(events, day);
    }
    if (!adopted) throw Object.assign(new Error('the journal ends before this day'), { code: 'too_young' });
    const [before, after] = [standing(now), standing(then)];
    const figures = ({ price, supply }) => ({
      price, released: text(raw(supply.issued) - raw(start.released)), burned: text(raw(supply.burned) - raw(start.burned)), treasury: supply.treasury,
    });
    return { from, events, adoptions, refused, now: figures(before), then: figures(after), ...tenths(before, after) };
  } finally {
    now.free();
    then.free();
  }
}

/** The day after. */
export const nextDay = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** The day so many days before. */
export const daysBefore = (day, count) => new Date(Date.parse(day) - count * 86_400_000).toISOString().slice(0, 10);
