import type * as rules from './index.js';
import type { Binary, Day, Decimal, Id, Index, JournalEvent, PresetName, Replayed, RuleSet } from './index.js';
import type { SupplyNow } from './wallet.js';

export type * from './index.js';
export * from './wallet.js';

/** Loads the rules and what looks ahead. Call it once before anything else; calling it again is harmless. The binary is
 * `gongxiang/economy.wasm`. */
export function init(source?: Binary): Promise<void>;
/** The version of the rules. */
export function version(): string;
/** A whole journal at once. Events that are refused are listed in the answer; unsound rules throw. */
export function replay(rules: RuleSet | PresetName, events: readonly JournalEvent[]): Replayed;
/** An empty book under these rules. Throws a {@link rules.GongxiangError} if they are not sound. */
export function openBook(rules: RuleSet | PresetName): Book;
/** A copy of a preset. */
export function preset(name: PresetName): RuleSet;

/** A scenario on these rules, day by day. `goOn` is asked every day; where it answers false, the run is `cancelled`. */
export function simulate(rules: RuleSet | PresetName, scenario?: Scenario, goOn?: (day: number) => boolean): Run;
/** What a member may expect: a band, with the inputs beside it. The first day is the close that follows. */
export function forecast(eve: Eve, assumptions?: Assumptions, goOn?: (path: number) => boolean): Forecast;
/** Reads an eve once, to forecast from it many times: for a slider that is dragged. */
export function openEve(eve: Eve): OpenEve;
/** What a forecast for somebody new starts from, who has nothing but this share value; `supply` is the answer of `GET /v1/supply`. */
export function newcomer(rules: RuleSet | PresetName, supply: SupplyNow, shareValue: Decimal): Newcomer;
/** The red flags of a rule set. An empty list says that no flag was raised, and nothing more. */
export function review(rules: RuleSet | PresetName, declared?: Declared): Finding[];

/** All state of a scheme. */
export interface Book extends rules.Book {
  /** The open day just before its release, for one member: what a forecast starts from. Changes nothing. */
  eve(member: Id): Eve;
}

/**
 * The open day just before its release, as one member sees it: everything that is due has vested. Plain data from
 * {@link Book.eve} or a server's `GET /v1/members/{member}/eve`: whoever has it can forecast without the book.
 */
export interface Eve {
  rules: RuleSet;
  day: Day;
  price: Decimal;
  issued: Decimal;
  total_units: Decimal;
  nav: Index;
  /** A whole number of 10^-26 points. */
  carry_points: string;
  /** A whole number of 10^-26 share value. */
  carry_value: string;
  returned: Decimal;
  units: Decimal;
  /** A whole number of 10^-26 points. */
  fraction: string;
  points: Decimal;
  /** Newest first, the open day's included. */
  turnovers: Decimal[];
  /** New share value of a day, on the mean of the last days. */
  inflow: Decimal;
  so_far: SoFar | null;
}

/** The eve of somebody new, and what it assumes of the days that it does not know. */
export interface Newcomer {
  /** The share value is in it already. */
  eve: Eve;
  /** Concessions of a day: as many as keep the price where it is. */
  turnover: Decimal;
  /** New share value per yuan of concession: of orders that are online, from buyers with a referrer. */
  minted: Decimal;
}

/** An eve that was read. */
export interface OpenEve {
  /** As the function {@link forecast}. */
  forecast(assumptions?: Assumptions, goOn?: (path: number) => boolean): Forecast;
  /** Gives the memory back. It is not to be used afterwards. */
  free(): void;
}

/** What 1000 share value of the first day have really been worth. */
export interface SoFar { since: Day; days: number; points: Decimal; worth_then: Decimal; worth: Decimal; left: Decimal }

export type ScenarioName =
  | 'flat' | 'growing' | 'falling' | 'crashing' | 'swinging' | 'hoarding' | 'ending' | 'retiring'
  | 'income' | 'washing' | 'farming';

/** Concessions a day: the same every day, day by day, or a start that grows, crashes, swings. */
export type Turnover = Decimal | Decimal[] | {
  daily: Decimal;
  growth_30d?: Decimal;
  crash_day?: number;
  crash_to?: Decimal;
  swing_days?: number;
  swing_by?: Decimal;
};

/** What people are assumed to do. Everything may be left out; `name` starts from a named scenario. Rates are parts of 1. */
export interface Scenario {
  name?: ScenarioName;
  days?: number;
  seed?: number;
  turnover?: Turnover;
  noise?: Decimal;
  online?: Decimal;
  referred?: Decimal;
  roles?: boolean;
  partners?: boolean;
  members?: number;
  joining?: number;
  joining_growth_30d?: Decimal;
  merchants?: number;
  leaving_30d?: Decimal;
  cities?: number;
  refunds?: Decimal;
  hold?: Decimal;
  hold_days?: number;
  sell_days?: number;
  redeem?: Decimal;
  wash?: Decimal;
  wash_days?: number;
  farm?: number;
  price?: 'rules' | 'clearing' | 'retiring';
  cohorts?: number;
  probes?: number[];
}

export interface DayFigures {
  day: number;
  members: number;
  turnover: Decimal;
  price: Decimal;
  /** The price at which the points that are offered find buyers; 0 where there is none. */
  clearing: Decimal;
  gap: Decimal;
  released: Decimal;
  total: Decimal;
  release_yield: Decimal;
  circulation: Decimal;
  worth: Decimal;
  offered: Decimal;
  used: Decimal;
  refused: Decimal;
  coverage: Decimal;
}

export interface Cohort {
  from_day: number;
  members: number;
  promised: Decimal;
  left: Decimal;
  points: Decimal;
  worth: Decimal;
  cash: Decimal;
  kept: Decimal;
  came_back: Decimal;
}

/** What became of 1000 share value. */
export interface Probe {
  day: number;
  after: number;
  points: Decimal;
  worth: Decimal;
  worth_then: Decimal;
  left: Decimal;
  closed_law: Decimal;
}

/** Share value minted per yuan of concession, and the part of an order's points that is burned. */
export interface Mix { minted: Decimal; burned: Decimal }

export interface Income {
  packs: Decimal;
  merchant_packs: Decimal;
  area_packs: Decimal;
  deposits: Decimal;
  points: Decimal;
  /** The part of all that comes from joining. */
  joining: Decimal;
}

export interface Totals {
  minted: Decimal;
  converted: Decimal;
  held: Decimal;
  issued: Decimal;
  burned: Decimal;
  treasury: Decimal;
  escrow: Decimal;
  circulating: Decimal;
  mix: Mix;
  last_release: number;
  last_order: number;
  early_late: Decimal;
  gini: Decimal;
  wash_paid: Decimal;
  wash_points: Decimal;
  wash_worth: Decimal;
  farm_paid: Decimal;
  farm_worth: Decimal;
  income: Income;
}

export interface Run { days: DayFigures[]; cohorts: Cohort[]; probes: Probe[]; totals: Totals }

/** What a forecast assumes. Growth is of turnover and new share value, in 30 days, one path each. */
export interface Assumptions {
  growth_30d?: Decimal[];
  horizons?: number[];
  turnover?: Decimal;
  inflow?: Decimal;
  /** Turnover and new share value day by day, from the day after the open one: one more path. */
  series?: [Decimal, Decimal][];
}

export interface Outlook {
  days: number;
  earned: Decimal;
  points: Decimal;
  share_value: Decimal;
  price: Decimal;
  worth: Decimal;
  concession_back: Decimal;
  closed_law: Decimal;
}

export interface Forecast {
  inputs: {
    day: Day;
    price: Decimal;
    share_value: Decimal;
    total: Decimal;
    release_daily: Decimal;
    turnover: Decimal;
    inflow: Decimal;
    buyer_multiple: Decimal;
    mix: Mix;
  };
  so_far: SoFar | null;
  /** After the close that follows, to the last digit. */
  first: Outlook;
  paths: { growth_30d: Decimal | null; outlooks: Outlook[] }[];
}

/** What no rule set has. */
export interface Declared {
  concession_rate?: Decimal;
  security_link?: boolean;
  pack_commission?: boolean;
  return_days?: number;
}

export type FlagCode =
  | 'ENTRY_FEE' | 'LOCKED_BAIT' | 'HEADCOUNT_REWARD' | 'PACK_COMMISSION' | 'TEAM_REMUNERATION' | 'DEPTH' | 'SUBTREE'
  | 'CASH_OUT' | 'FORCED_POINT_PURCHASE' | 'TERRITORY_FEE' | 'SECURITY_LINK' | 'FULL_REBATE' | 'UNFUNDED_MULTIPLE'
  | 'NET_BURN' | 'JOIN_INCOME_SHARE' | 'WASH_TRADE' | 'NO_CLAWBACK' | 'THIN_MARKET_PRICE' | 'REPURCHASE_CONDITION'
  | 'EARLY_MOVER' | 'PREPAID';

export interface Finding {
  code: FlagCode;
  severity: 'red' | 'high' | 'notice';
  /** References of the rules, as docs/redflags.md lists them. */
  rules: string;
  /** The key of the rule set, or the figure, that trips it. */
  evidence: { key: string; value: string }[];
}
