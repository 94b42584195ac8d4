/** The package in a WeChat mini-program. It is loaded in another way, and computes the past of a member, too. */
import type { AccountState, Day, DayRecord, Decimal, Id } from '../index.js';
import type { Account, BookedPosting } from '../wallet.js';

export type * from '../index.js';
export { openBook, preset, replay, version } from '../index.js';
export * from '../wallet.js';

/** Loads the rules. Call it once before anything else; calling it again is harmless. Rejects with `not_loaded` if the binary cannot be
 * read, or if WeChat's base library is older than 2.14.0. `path` is the place of `gongxiang.wasm.br` in the code package, if it is not
 * `/miniprogram_npm/gongxiang/gongxiang.wasm.br`. */
export function init(options?: { path?: string }): Promise<void>;

/** Every closed day since the member's first posting, oldest first. `postings` are all of its statement (`GET
 * /v1/members/{member}/statement`), newest first as the server gives them; `days` are all closed days from the first. Throws
 * `out_of_range` if they contradict each other. */
export function history(member: Id, account: Account, postings: readonly BookedPosting[], days: readonly DayRecord[]): PastDay[];

/** One closed day of a member's past. */
export interface PastDay {
  day: Day;
  /** Of that day. */
  price: Decimal;
  /** The points of the release. */
  earned: Decimal;
  /** All points that the day brought: the release and the rewards. */
  income: Decimal;
  /** The account after the close. */
  state: AccountState;
}
