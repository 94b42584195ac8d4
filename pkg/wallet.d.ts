import type { AccountState, Book, Day, DayRecord, Decimal, Id, PresetName, Region, RuleSet, State } from './index.js';

/** The part of a book that a server gives for the preview of an order (`GET /v1/excerpt`). */
export function openExcerpt(excerpt: Excerpt): Book;
/** An account as a server gave it (`GET /v1/members/{member}`), brought up to date by all days that were closed, from the first
 * (`GET /v1/days`): what it is before the next event touches it. */
export function balance(account: Account, days: readonly DayRecord[]): AccountState;
/** The last `count` of the days, one by one. Throws `out_of_range` if the account was settled after the first of them. */
export function statement(account: Account, days: readonly DayRecord[], count: number): StatementDay[];
/** The points that the close of the open day would bring the account if nothing happened before it and no order fell due;
 * `supply` is the answer of `GET /v1/supply`. */
export function nextRelease(account: Account, days: readonly DayRecord[], supply: SupplyNow, rules: RuleSet | PresetName): Decimal;

/** An account as it was last settled; a server gives it. */
export interface Account {
  referrer: Id | null;
  activated: boolean;
  locked: Decimal;
  points: Decimal;
  /** `fraction` is a whole number of 10^-26 points, as text. */
  holding: { units: Decimal; acc: Decimal; era: number; fraction: string };
  role: Id | null;
  merchant_pack: boolean;
  shop: Region | null;
  area_pack: Day | null;
  city: Region | null;
  /** Whether it can do nothing of its own. */
  frozen: boolean;
}

/** One day of an account: what its close gave, and what the account is after it. */
export interface StatementDay {
  earned: Decimal;
  state: AccountState;
}

/** The scheme at one moment; a server gives it. */
export interface SupplyNow {
  day: Day;
  price: Decimal;
  supply: State['supply'];
  /** The carries are whole numbers of 10^-26, as text. */
  release: State['release'] & { carry_points: string; carry_value: string };
}

/** As much of a book as the preview of an order needs; a server gives it, nobody else makes one. */
export interface Excerpt {
  rules: RuleSet;
  head: object;
  ended: Decimal[];
  accounts: Record<Id, Account>;
  partners: Record<Region, Id>;
}
