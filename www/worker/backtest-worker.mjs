// Replays the server's journal beside the page, so that the page answers meanwhile. A message says the changes and the days; answers are
// `progress`, then `done` or `failed`.
import { init, openBook } from '../../pkg/economy-browser.mjs';
import { events as en } from '../../words/en.json';
import { events as zh } from '../../words/zh.json';
import { backtest, daysBefore } from './backtest.mjs';

const PAGE = 500;

async function get(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (answer.ok) return answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? `${answer.status}`), { code: problem.code ?? 'failed' });
}

/** The journal, page by page. The next page is asked for while this one is settled. */
async function* journal() {
  let next = get(`/v1/events?limit=${PAGE}`);
  while (next) {
    const page = await next;
    next = page.events.length < PAGE ? undefined : get(`/v1/events?limit=${PAGE}&after=${page.next}`);
    // A failure is met when the page is awaited.
    next?.catch(() => {});
    yield page.events.map(({ event }) => event);
  }
}

onmessage = async ({ data: { changes, days } }) => {
  try {
    await init(new URL('economy_bg.wasm', import.meta.url));
    const [{ day }, { rules }] = await Promise.all([get('/v1/supply'), get('/v1/rules/history')]);
    const first = rules[0].rules;
    const from = [daysBefore(day, days), first.genesis_day].sort().at(-1);
    const result = await backtest({
      openBook, pages: journal(), first, changes, from, onProgress: (events, at) => postMessage({ of: 'progress', events, day: at }),
    });
    // What was refused is said in the catalogue's words.
    const said = (words) => Object.fromEntries(Object.keys(result.refused).map((type) => [type, words[type] ?? type]));
    postMessage({ of: 'done', result: { ...result, words: { en: said(en), zh: said(zh) } } });
  } catch (error) {
    postMessage({ of: 'failed', code: error?.code ?? 'failed', message: `${error?.message ?? error}` });
  }
};
