/** An exact decimal as text: `"12.5"`. Money has at most 2 places, everything else at most 8; never a number. */
export type Decimal = string;
/** A day, `YYYY-MM-DD`. */
export type Day = string;
/** 1 to 64 of `A-Z a-z 0-9 _ . : -`. */
export type Id = string;
/** A six-digit GB/T 2260 code. */
export type Region = string;

/** Loads the rules. Call it once before anything else; calling it again is harmless. */
export function init(source?: string | URL): Promise<void>;
/** The version of the rules. */
export function version(): string;
/** A whole journal at once. Events that are refused are listed in the answer; unsound rules throw. */
export function replay(rules: RuleSet | PresetName, events: readonly JournalEvent[]): Replayed;
/** An empty book under these rules. Throws a {@link GongxiangError} if they are not sound. */
export function openBook(rules: RuleSet | PresetName): Book;
/** A copy of a preset. */
export function preset(name: PresetName): RuleSet;

/** A scenario on these rules, day by day. `goOn` is asked every day; where it answers false, the run is `cancelled`. */
export function simulate(rules: RuleSet | PresetName, scenario?: Scenario, goOn?: (day: number) => boolean): Run;
/** What a member may expect: a band, with the inputs beside it. The first day is the close that follows. */
export function forecast(book: Book, member: Id, assumptions?: Assumptions, goOn?: (path: number) => boolean): Forecast;
/** The red flags of a rule set. An empty list says that no flag was raised, and nothing more. */
export function review(rules: RuleSet | PresetName, declared?: Declared): Finding[];

export type PresetName = 'seed' | 'single-level';

/** All state of a scheme. Every method throws a {@link GongxiangError} where it refuses. */
export interface Book {
  /** Applies an event, whole or not at all. */
  apply(event: JournalEvent): Receipt;
  /** The receipt that `apply` would give now; changes nothing. */
  preview(event: JournalEvent): Receipt;
  /** What a member may expect; the function `forecast` is the same. */
  forecast(member: Id, assumptions?: Assumptions, goOn?: (path: number) => boolean): Forecast;
  /** The whole state, every account settled to the present. */
  state(): State;
  /** One account, settled to the present. */
  account(id: Id): AccountState;
  /** Gives the memory back. The book is not to be used afterwards. */
  free(): void;
}

/** Every failure: a stable code, the field that caused it, a sentence. */
export interface GongxiangError extends Error {
  name: 'GongxiangError';
  code: Code;
  /** The event's field or the rule set's key; empty if it is none in particular. */
  field: string;
}

export type Code =
  | 'bad_event' | 'bad_rules' | 'id_conflict' | 'out_of_range'
  | 'member_exists' | 'unknown_member' | 'unknown_pack'
  | 'merchant_pack_required' | 'merchant_exists' | 'deposit_short'
  | 'unknown_role' | 'partner_pack_required' | 'partner_exists' | 'region_taken'
  | 'bad_amount' | 'treasury_short' | 'bad_price'
  | 'order_exists' | 'self_dealing' | 'not_a_merchant' | 'bad_concession' | 'merchant_points_short'
  | 'unknown_order' | 'order_refunded' | 'same_member' | 'points_short'
  | 'offer_exists' | 'price_outside_band' | 'unknown_offer' | 'trade_exists' | 'offer_closed' | 'offer_short'
  | 'unknown_trade' | 'wrong_trade_state' | 'wrong_day'
  | 'bad_scenario' | 'cancelled' | 'flags_not_accepted'
  | 'not_initialised' | 'not_loaded';

interface Journalled {
  /** The same id with the same content again is answered with the first outcome. */
  id?: Id;
  /** RFC 3339, for information. */
  at?: string;
}

export type Channel = 'online' | 'offline';

/** One line of the journal (RULES.md section 4). */
export type JournalEvent = Journalled & (
  | { type: 'member.registered'; member: Id; referrer?: Id }
  | { type: 'pack.purchased'; member: Id; pack: Id }
  | { type: 'merchant.opened'; member: Id; region: Region }
  | { type: 'role.assigned'; member: Id; role: Id }
  | { type: 'partner.appointed'; member: Id; region: Region }
  | { type: 'treasury.granted'; member: Id; points: Decimal }
  | { type: 'price.set'; price: Decimal }
  | { type: 'order.placed'; order: Id; buyer: Id; merchant: Id; channel: Channel; amount: Decimal; concession: Decimal; region: Region }
  | { type: 'order.refunded'; order: Id }
  | { type: 'points.transferred'; from: Id; to: Id; points: Decimal }
  | { type: 'points.redeemed'; member: Id; points: Decimal; item?: Id }
  | { type: 'offer.placed'; offer: Id; member: Id; side: 'sell' | 'buy'; points: Decimal; unit_price: Decimal }
  | { type: 'offer.taken'; offer: Id; trade: Id; member: Id; points: Decimal }
  | { type: 'trade.paid'; trade: Id }
  | { type: 'trade.confirmed'; trade: Id }
  | { type: 'trade.cancelled'; trade: Id }
  | { type: 'offer.cancelled'; offer: Id }
  | { type: 'rules.adopted'; rules: Partial<Omit<RuleSet, 'genesis_day' | 'supply'>> }
  | { type: 'day.closed'; day: Day }
);

/** What a scheme's numbers are (RULES.md section 3). Every key is required. */
export interface RuleSet {
  genesis_day: Day;
  supply: { cap: Decimal; treasury: Decimal };
  release: { daily: Decimal; min_total: Decimal };
  price: { initial: Decimal; policy: 'turnover' | 'market' | 'operator'; window_days: number; min_volume: Decimal; daily_limit: Decimal };
  signup: { member: Decimal; referrer: Decimal };
  packs: Record<string, { price: Decimal; share_value_rate: Decimal; merchant?: boolean; area_partner?: boolean }>;
  merchant: { deposit: Decimal };
  order: { buyer_multiple: Decimal; merchant_multiple: Decimal; vesting_days: { online: number; offline: number } };
  share: { online_share_value_rate: Decimal; offline_points_rate: Decimal; merchant_points_rate: Decimal };
  service: { max_depth: number; roles: { name: string; share_value_rate: Decimal; points_rate: Decimal }[] };
  area: { offline_points_rate: Decimal; online_points_rate: Decimal; repurchase_days: number };
  redemption: 'burn' | 'treasury';
  market: { price_band: Decimal };
}

/** Static: the daily release on one's own share value. Own: by one's own trade. Dynamic: by others. */
export type IncomeClass = 'static' | 'own' | 'dynamic';

export type RewardKind =
  | 'consumption' | 'sale' | 'share_online' | 'share_offline' | 'merchant_share' | 'service' | 'area';

export interface Reward {
  member: Id;
  kind: RewardKind;
  share_value: Decimal;
  points: Decimal;
  class: IncomeClass;
  /** The formula with its numbers: `10 × concession 100.00`. */
  reason: string;
}

export type Asset = 'points' | 'share_value' | 'locked';

/** One movement. A party is `member ID`, `pool`, `escrow`, `treasury`, `burned` or `issuance`. */
export interface Posting {
  from: string;
  to: string;
  asset: Asset;
  amount: Decimal;
  rule: RewardKind
    | 'sign_up' | 'sign_up_referrer' | 'activation' | 'pack' | 'treasury' | 'concession' | 'burn' | 'refund'
    | 'transfer' | 'redemption' | 'offer' | 'trade' | 'release';
  class?: IncomeClass;
  reason: string;
}

/** What an event did. */
export interface Receipt {
  type: JournalEvent['type'];
  day: Day;
  /** For an order that was placed: its id. */
  order?: Id;
  /** For an order that was placed: the points the merchant pays. */
  points?: Decimal;
  /** For an order that was placed: the day at whose close the rewards vest; today if they vested at once. */
  due?: Day | null;
  /** For an order that was placed: who gets what. */
  rewards?: Reward[];
  /** For a refund: what could not be recovered. */
  unrecovered?: Decimal;
  postings: Posting[];
  /** The accounts that changed. */
  accounts: Id[];
}

export interface AccountState {
  share_value: Decimal;
  locked: Decimal;
  points: Decimal;
  units: Decimal;
}

export interface State {
  day: Day;
  price: Decimal;
  supply: { issued: Decimal; held: Decimal; burned: Decimal; treasury: Decimal; escrow: Decimal; pool: Decimal };
  release: { era: number; units: Decimal; nav: Decimal; acc: Decimal; returned: Decimal };
  accounts: Record<Id, AccountState>;
}

export interface DayRecord {
  day: Day;
  price: Decimal;
  released: Decimal;
  total: Decimal;
  units: Decimal;
  nav: Decimal;
  acc: Decimal;
  era: number;
}

export interface Replayed {
  state: State;
  /** Place in the journal, from 0, and code. */
  refused: [number, Code][];
  days: DayRecord[];
}

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
  /** What 1000 share value of the first day have really been worth. */
  so_far: { since: Day; days: number; points: Decimal; worth_then: Decimal; worth: Decimal; left: Decimal } | null;
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
