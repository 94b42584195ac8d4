import type * as rules from './index.js';
import type { Binary, BinaryNow, Day, Decimal, Id, Index, JournalEvent, PresetName, Replayed, RuleSet } from './index.js';
import type { SupplyNow } from './wallet.js';

export type * from './index.js';
export { GongxiangError } from './index.js';
export * from './wallet.js';

/** Loads the rules, forecasts and simulations. Call it once before anything else; calling it again is harmless. The binary is
 * `gongxiang/economy.wasm`. */
export function init(source?: Binary): Promise<void>;
/** The same at once. */
export function initSync(source: BinaryNow): void;
/** The version of the rules. */
export function version(): string;
/** Settles a whole journal. The answer lists the refused events; invalid rules throw. */
export function replay(rules: RuleSet | PresetName, events: readonly JournalEvent[]): Replayed;
/** An empty book under these rules. Throws a {@link rules.GongxiangError} if they are not valid. */
export function openBook(rules: RuleSet | PresetName): Book;
/** A copy of a preset. */
export function preset(name: PresetName): RuleSet;

/** Runs a scenario day by day. `goOn` is called every day; if it returns false, the run is `cancelled`. */
export function simulate(rules: RuleSet | PresetName, scenario?: Scenario, goOn?: (day: number) => boolean): Run;
/** The forecast of a member: a band and its inputs. The first day is the next close. */
export function forecast(eve: Eve, assumptions?: Assumptions, goOn?: (path: number) => boolean): Forecast;
/** Reads an eve once for many forecasts, as for a slider. */
export function openEve(eve: Eve): OpenEve;
/** The eve of a new member who has only this share value; `supply` is the answer of `GET /v1/supply`. */
export function newcomer(rules: RuleSet | PresetName, supply: SupplyNow, shareValue: Decimal): Newcomer;
/** The red flags of a rule set. An empty list does not mean that the rules are lawful. */
export function review(rules: RuleSet | PresetName, declared?: Declared): Finding[];

/** All state of a scheme. */
export interface Book extends rules.Book {
  /** The eve of a member, from which a forecast starts. Changes nothing. */
  eve(member: Id): Eve;
}

/**
 * The open day just before its release, as one member sees it: everything that is due has vested. Plain data from
 * {@link Book.eve} or a server's `GET /v1/members/{member}/eve`. A forecast needs it and no book.
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

/** The eve of a new member, and what it assumes about earlier days. */
export interface Newcomer {
  /** It includes the new member's share value. */
  eve: Eve;
  /** The daily turnover that keeps the price as it is. */
  turnover: Decimal;
  /** New share value per yuan of concession: of orders that are online, from buyers with a referrer. */
  minted: Decimal;
}

/** An open eve. */
export interface OpenEve {
  /** Like the function {@link forecast}. */
  forecast(assumptions?: Assumptions, goOn?: (path: number) => boolean): Forecast;
  /** Frees the memory. Do not use it afterwards. */
  free(): void;
}

/** The worth so far of 1000 share value of the first day. */
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

/** Assumptions of a scenario. All are optional; `name` starts from a named scenario. Rates are parts of 1. */
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
  /** The price at which the offered points find buyers; 0 if there is none. */
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

/** The outcome of 1000 share value. */
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
  /** The part of the income that comes from joining. */
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

/** Assumptions of a forecast. Each growth of turnover and new share value in 30 days is a path. */
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

/** Facts that no rule set has. */
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
  | 'EARLY_MOVER' | 'PREPAID' | 'DEPOSIT_NOT_LOCKED' | 'PRICE_WITHOUT_ORDERS';

export interface Finding {
  code: FlagCode;
  severity: 'red' | 'high' | 'notice';
  /** References of the rules, as docs/redflags.md lists them. */
  rules: string;
  /** The key of the rule set, or the figure, that raises the flag. */
  evidence: { key: string; value: string }[];
}
