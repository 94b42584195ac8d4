/** An exact decimal as text: `"12.5"`. Money has at most 2 places, everything else at most 8; never a number. */
export type Decimal = string;
/** A value of one unit, as text: as {@link Decimal}, with at most 18 places. */
export type Index = string;
/** A day, `YYYY-MM-DD`. */
export type Day = string;
/** 1 to 64 of `A-Z a-z 0-9 _ . : -`. */
export type Id = string;
/** A six-digit GB/T 2260 code. */
export type Region = string;

/** A response with the binary, as `fetch` gives it. */
export interface BinaryResponse {
  arrayBuffer(): Promise<ArrayBuffer>;
}
/** A compiled binary: a `WebAssembly.Module`, which has no members of its own. */
export interface CompiledBinary {
  readonly [Symbol.toStringTag]?: 'WebAssembly.Module';
}
/** The binary (`gongxiang/gongxiang.wasm`), or its address or, in Node, its path. */
export type Binary = BinaryNow | string | URL | BinaryResponse | Promise<BinaryResponse>;
/** The binary as bytes, or compiled. */
export type BinaryNow = ArrayBuffer | ArrayBufferView | CompiledBinary;

/** Loads the rules. Call it once before anything else; calling it again is harmless. Without a `source` the binary is read from beside the
 * package. Where that is impossible (Cloudflare Workers, other edge runtimes), pass it. Rejects with `not_loaded`; it can then be called again. Once the rules are loaded, another
 * address, module or bytes are refused with `not_loaded`, too. */
export function init(source?: Binary): Promise<void>;
/** Loads the rules at once, from bytes or a compiled module. On a page, browsers compile only small binaries so; there, compile it first. Throws `not_loaded`. */
export function initSync(source: BinaryNow): void;
/** The version of the rules. */
export function version(): string;
/** Settles a whole journal. The answer lists the refused events; invalid rules throw. */
export function replay(rules: RuleSet | PresetName, events: readonly JournalEvent[]): Replayed;
/** An empty book under these rules. Throws a {@link GongxiangError} if they are not valid. */
export function openBook(rules: RuleSet | PresetName): Book;
/** A copy of a preset. */
export function preset(name: PresetName): RuleSet;

export type PresetName = 'seed' | 'single-level';

declare global {
  // For TypeScript before 5.2, which does not know it.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** All state of a scheme. Every method throws a {@link GongxiangError} on a refusal. */
export interface Book {
  /** Settles an event, whole or not at all. A property that is `undefined` is left out. */
  apply<E extends JournalEvent>(event: E): ReceiptOf<E['type']>;
  /** The receipt that `apply` would give now; changes nothing. */
  preview<E extends JournalEvent>(event: E): ReceiptOf<E['type']>;
  /** The whole state, every account settled to the present. */
  state(): State;
  /** One account, settled to the present. */
  account(id: Id): AccountState;
  /** Frees the memory. Afterwards every method throws `not_initialised`; freeing again is harmless. */
  free(): void;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** Every failure: a stable code, the field that caused it, a sentence. `instanceof` also knows those that the binary made. */
export class GongxiangError extends Error {
  constructor(code: Code, field: string, message: string);
  name: 'GongxiangError';
  code: Code;
  /** The event's field or the rule set's key; may be empty. */
  field: string;
}

interface Journalled {
  /** The same id with the same content gets the first outcome again. */
  id?: Id;
  /** RFC 3339, for information. */
  at?: string;
  /** The id of the same thing in the sender's system, such as a till's receipt number. For information. */
  reference?: Id;
}

export type Channel = 'online' | 'offline';

/** The numbers of a scheme (RULES.md section 3). Every key is required. */
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

/** The source of income. Static: the daily release. Own: one's own buying and selling. Dynamic: others. */
export type IncomeClass = 'static' | 'own' | 'dynamic';

export interface Reward {
  member: Id;
  kind: RewardKind;
  share_value: Decimal;
  points: Decimal;
  class: IncomeClass;
  /** `why` in English words: `10 × concession 100.00`. */
  reason: string;
  why: Reason;
}

export type Asset = 'points' | 'share_value' | 'locked';

/** One movement. A party is `member ID`, `pool`, `escrow`, `treasury`, `burned` or `issuance`. */
export interface Posting {
  from: string;
  to: string;
  asset: Asset;
  amount: Decimal;
  rule: Rule;
  class?: IncomeClass;
  /** `why` in English words. */
  reason: string;
  why: Reason;
}

interface Settled {
  /** The version of this form. */
  version: 2;
  day: Day;
  postings: Posting[];
  /** The accounts that changed. */
  accounts: Id[];
}

/** What an order that was placed did. */
export type OrderReceipt = {
  type: 'order.placed';
  order: Id;
  /** The points that the merchant pays. */
  points: Decimal;
  /** The day at whose close the rewards vest; today if they vested at once. */
  due: Day | null;
  /** Who gets what. */
  rewards: Reward[];
} & Settled;

/** What a refund of an order did. */
export type RefundReceipt = {
  type: 'order.refunded';
  /** What could not be recovered; a server leaves it out where that is not for whoever asks. */
  unrecovered?: Decimal;
} & Settled;

/** What any other event did. */
export type OtherReceipt = { type: Exclude<JournalEvent['type'], 'order.placed' | 'order.refunded'> } & Settled;

/** What an event did: a union by `type`. */
export type Receipt = OrderReceipt | RefundReceipt | OtherReceipt;

/** What an event of a type did. */
export type ReceiptOf<T extends JournalEvent['type']> =
  T extends 'order.placed' ? OrderReceipt : T extends 'order.refunded' ? RefundReceipt : OtherReceipt & { type: T };

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
  release: { era: number; units: Decimal; nav: Index; acc: Index; returned: Decimal };
  accounts: Record<Id, AccountState>;
}

export interface DayRecord {
  day: Day;
  price: Decimal;
  released: Decimal;
  total: Decimal;
  units: Decimal;
  nav: Index;
  acc: Index;
  era: number;
  /** The last `acc` of each era that ended on this day; only from a server. */
  ended?: Index[];
  /** The day's turnover, from the first day that had one; only from a server. */
  turnover?: Decimal;
}

export interface Replayed {
  state: State;
  /** Place in the journal, from 0, and code. */
  refused: [number, Code][];
  days: DayRecord[];
}

// From here on written by `WRITE_TYPES=1 cargo test --test types contract`, from src/contract.rs.

/** Why something is refused. */
export type Code =
  | 'bad_event' | 'bad_rules' | 'id_conflict' | 'out_of_range' | 'member_exists' | 'unknown_member' | 'unknown_pack' | 'purchase_exists'
  | 'unknown_purchase' | 'purchase_refunded' | 'pack_final' | 'member_frozen' | 'not_frozen' | 'merchant_pack_required' | 'merchant_exists'
  | 'deposit_short' | 'unknown_role' | 'no_role' | 'partner_pack_required' | 'partner_exists' | 'region_taken' | 'not_a_partner'
  | 'not_opening' | 'bad_amount' | 'treasury_short' | 'bad_price' | 'order_exists' | 'self_dealing' | 'not_a_merchant' | 'bad_concession'
  | 'merchant_points_short' | 'unknown_order' | 'order_refunded' | 'same_member' | 'points_short' | 'redemption_exists'
  | 'unknown_redemption' | 'redemption_cancelled' | 'offer_exists' | 'price_outside_band' | 'unknown_offer' | 'trade_exists'
  | 'offer_closed' | 'offer_short' | 'unknown_trade' | 'wrong_trade_state' | 'wrong_day' | 'nothing_due' | 'bad_scenario' | 'too_young'
  | 'bad_snapshot' | 'cancelled' | 'flags_not_accepted' | 'not_initialised' | 'not_loaded';

/** One line of the journal (RULES.md section 4). */
export type JournalEvent = Journalled & (
  | { type: 'member.registered'; member: Id; referrer?: Id }
  | { type: 'pack.purchased'; member: Id; pack: Id; purchase?: Id; return_days?: number }
  | { type: 'pack.refunded'; purchase: Id }
  | { type: 'merchant.opened'; member: Id; region: Region }
  | { type: 'merchant.closed'; member: Id }
  | { type: 'member.frozen'; member: Id }
  | { type: 'member.unfrozen'; member: Id }
  | { type: 'role.assigned'; member: Id; role: Id }
  | { type: 'role.withdrawn'; member: Id }
  | { type: 'partner.appointed'; member: Id; region: Region }
  | { type: 'partner.withdrawn'; member: Id }
  | { type: 'treasury.granted'; member: Id; points: Decimal }
  | { type: 'treasury.reclaimed'; member: Id; points: Decimal }
  | { type: 'balance.opened'; member: Id; share_value?: Decimal; points?: Decimal }
  | { type: 'price.set'; price: Decimal }
  | { type: 'order.placed'; order: Id; buyer: Id; merchant: Id; channel: Channel; amount: Decimal; concession: Decimal; region: Region }
  | { type: 'order.refunded'; order: Id; concession?: Decimal }
  | { type: 'points.transferred'; from: Id; to: Id; points: Decimal }
  | { type: 'points.redeemed'; member: Id; points: Decimal; item?: Id; redemption?: Id }
  | { type: 'redemption.cancelled'; redemption: Id }
  | { type: 'offer.placed'; offer: Id; member: Id; side: 'sell' | 'buy'; points: Decimal; unit_price: Decimal }
  | { type: 'offer.taken'; offer: Id; trade: Id; member: Id; points: Decimal }
  | { type: 'trade.paid'; trade: Id }
  | { type: 'trade.confirmed'; trade: Id }
  | { type: 'trade.cancelled'; trade: Id }
  | { type: 'offer.cancelled'; offer: Id }
  | { type: 'rules.adopted'; rules: Partial<Omit<RuleSet, 'genesis_day' | 'supply'>> }
  | { type: 'day.closing'; day: Day; most: number }
  | { type: 'day.closed'; day: Day }
);

/** What somebody earns by an order. */
export type RewardKind =
  | 'consumption' | 'sale' | 'share_online' | 'share_offline' | 'merchant_share' | 'service' | 'area';

/** By which rule an amount moved. */
export type Rule =
  | 'sign_up' | 'sign_up_referrer' | 'activation' | 'pack' | 'treasury' | 'opening' | 'concession' | 'burn' | 'refund' | 'transfer'
  | 'redemption' | 'offer' | 'trade' | 'release' | 'consumption' | 'sale' | 'share_online' | 'share_offline' | 'merchant_share' | 'service'
  | 'area';

/** Why an amount is what it is: a tag, and the reason's numbers and ids as texts. */
export type Reason =
  | { of: 'concession'; rate: Decimal; concession: Decimal }
  | { of: 'consumption'; rate: Decimal; consumption: Decimal }
  | { of: 'consumption_step'; rate: Decimal; paid: Decimal; consumption: Decimal }
  | { of: 'order_points'; rate: Decimal; points: Decimal }
  | { of: 'order_points_step'; rate: Decimal; paid: Decimal; points: Decimal }
  | { of: 'pack'; rate: Decimal; price: Decimal }
  | { of: 'at_price'; concession: Decimal; price: Decimal }
  | { of: 'rest'; points: Decimal; rewards: Decimal }
  | { of: 'release'; units: Decimal; acc: Index }
  | { of: 'day_release' }
  | { of: 'sign_up_gift' }
  | { of: 'activation' }
  | { of: 'referred_activation'; member: Id }
  | { of: 'grant' }
  | { of: 'transfer' }
  | { of: 'redemption' }
  | { of: 'redemption_cancelled'; redemption: Id }
  | { of: 'reclaim' }
  | { of: 'opening' }
  | { of: 'share_value_left'; share_value: Decimal; left: Decimal; concession: Decimal }
  | { of: 'points_left'; points: Decimal; left: Decimal; concession: Decimal }
  | { of: 'refund'; order: Id }
  | { of: 'refund_before_vesting'; order: Id }
  | { of: 'offer'; offer: Id }
  | { of: 'offer_cancelled'; offer: Id }
  | { of: 'trade'; trade: Id }
  | { of: 'trade_cancelled'; trade: Id };
