import type { AccountState, Book, Day, DayRecord, Decimal, Id, Index, Posting, PresetName, Region, RuleSet, State } from './index.js';

/** The part of a book that a server gives for the preview of an order (`GET /v1/excerpt`). */
export function openExcerpt(excerpt: Excerpt): Book;
/** Brings an account of a server (`GET /v1/members/{member}`) up to date. `days` are all closed days from the first
 * (`GET /v1/days`). */
export function balance(account: Account, days: readonly DayRecord[]): AccountState;
/** The last `count` of the days, one by one. Throws `out_of_range` if the account was settled after the first of them. */
export function statement(account: Account, days: readonly DayRecord[], count: number): StatementDay[];
/** The points that the next close releases to the account, if nothing happens before. `supply` is the answer of `GET /v1/supply`.
 * `vesting` is the share value of its own orders that fall due on that day (`GET /v1/members/{member}/pending`). */
export function nextRelease(
  account: Account, days: readonly DayRecord[], supply: SupplyNow, rules: RuleSet | PresetName, vesting?: Decimal,
): Decimal;

/** An account as it was last settled; comes from a server. */
export interface Account {
  referrer: Id | null;
  activated: boolean;
  locked: Decimal;
  points: Decimal;
  /** `fraction` is a whole number of 10^-26 points, as text. */
  holding: { units: Decimal; acc: Index; era: number; fraction: string };
  role: Id | null;
  merchant_pack: boolean;
  shop: Region | null;
  area_pack: Day | null;
  city: Region | null;
  /** Whether the member can do nothing itself. */
  frozen: boolean;
}

/** One day of an account: what the close gave, and the account after it. */
export interface StatementDay {
  earned: Decimal;
  state: AccountState;
}

/** A member (`GET /v1/members/{member}`). */
export interface MemberNow {
  member: Id;
  /** The open day. */
  day: Day;
  /** As it was last settled: {@link balance} starts from it. */
  account: Account;
  /** Settled to the present by the server: {@link balance} must give the same. */
  state: AccountState;
}

/** A page of a member's statement (`GET /v1/members/{member}/statement`). */
export interface StatementPage {
  /** Newest first. */
  postings: BookedPosting[];
  /** Where the next page starts; null on the last one. */
  next: string | null;
}

/** A posting with its place in the journal: the event's, and its line in that event's receipt, from 0. */
export type BookedPosting = Omit<Posting, 'from' | 'to' | 'class'> & { place: number; line: number; day: Day; giver: string; receiver: string };

/** The scheme at one moment (`GET /v1/supply`). */
export interface SupplyNow {
  day: Day;
  price: Decimal;
  supply: State['supply'];
  /** The carries are whole numbers of 10^-26, as text. */
  release: State['release'] & { carry_points: string; carry_value: string };
  /** How many of the last 30 closed days had turnover. With fewer than 7 there is no forecast. */
  turnover_days: number;
}

/** The part of a book that a preview needs; only a server makes it. */
export interface Excerpt {
  rules: RuleSet;
  /** `traded_money` is a whole number of 10^-16 yuan, as text. */
  head: Omit<SupplyNow, 'turnover_days'> & { turnover: Decimal; traded: Decimal; traded_money: string; order_count: number; trade_count: number; purchase_count: number };
  ended: Index[];
  accounts: Record<Id, Account>;
  partners: Record<Region, Id>;
}
