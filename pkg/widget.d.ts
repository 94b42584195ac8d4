import type { Channel, Decimal, OrderReceipt, RuleSet } from './index.js';

/** The detail of `gongxiang-preview`: the preview on the screen. */
export interface EarningsPreviewDetail {
  /** Yuan. */
  amount: Decimal;
  /** Yuan, even if it was typed in percent. */
  concession: Decimal;
  channel: Channel;
  /** Yuan for a point. */
  price: Decimal;
  receipt: OrderReceipt;
}

/** The detail of `gongxiang-error`: why there is no number on the screen. */
export interface EarningsPreviewFailure {
  /** A code of the package; `not_loaded` if the binary, the rules, the price or the layout could not be fetched. */
  code: string;
  /** `amount`, `concession`, `rules`, `price`, a key of the rule set, or empty. */
  field: string;
  /** A sentence. */
  message: string;
}

/** The element's attributes, for frameworks that check them. Every one may change at any time. */
export interface EarningsPreviewAttributes {
  /** `zh-CN` or `en`; otherwise that of the nearest element with one, otherwise the browser's. */
  lang?: string;
  /** Otherwise the `color-scheme` of the element around, or the visitor's system setting if the page declares none. */
  theme?: 'light' | 'dark';
  /** A preset's name, the address of a rule set, or a rule set as JSON. Otherwise `seed`. */
  rules?: string;
  /** Yuan for a point, or the address of a server's supply (`/v1/supply`). Otherwise the price at which the rules start. */
  price?: string;
  /** `calculator`: a form, and what each party gets. `card`: what the buyer gets, without a form. `line`: the same in one line that opens the rest. Otherwise `calculator`. */
  layout?: 'calculator' | 'card' | 'line';
  /** The initial channel: `online` or `offline`. */
  channel?: Channel;
  /** The initial amount in yuan. */
  amount?: string;
  /** A selector of the page's element that shows the amount, as a text (`¥1,234.50`) or as a field's value. It is followed, and `amount` is ignored. */
  'amount-from'?: string;
  /** The initial concession: yuan, or a percentage (`10%`). */
  concession?: string;
  /** The parties that are assumed: some of `referrer merchant_referrer partner`, with spaces between; `none` for none. Otherwise all. */
  parties?: string;
  /** The name of the service role that is assumed above the buyer's referrer. */
  service?: string;
  /** The merchant's name. */
  merchant?: string;
  heading?: string;
  /** The days of a forecast of the buyer's share value, which needs a price from a server. Without a number 365. */
  forecast?: string | boolean;
  /** The visitor cannot change the fields. */
  readonly?: boolean | '';
  /** The address of the binary, if it is not beside the script: some bundlers leave it behind. Otherwise `dist/gongxiang_bg.wasm` beside the script. */
  wasm?: string;
}

/** The same as properties: `rules` may be a rule set as it is, `forecast` a number. Amounts are texts here, too. `undefined` and `false` remove the attribute. */
export interface EarningsPreviewProperties {
  theme?: 'light' | 'dark' | undefined;
  rules?: string | RuleSet | undefined;
  price?: string | undefined;
  layout?: 'calculator' | 'card' | 'line' | undefined;
  channel?: Channel | undefined;
  amount?: string | undefined;
  amountFrom?: string | undefined;
  concession?: string | undefined;
  parties?: string | undefined;
  service?: string | undefined;
  merchant?: string | undefined;
  heading?: string | undefined;
  forecast?: string | number | boolean | undefined;
  readonly?: boolean | undefined;
  wasm?: string | undefined;
}

/**
 * `<earnings-preview>`: what an order brings to whom, or to its buyer.
 *
 * Slots: `heading`, `note`. Parts: `card`, `heading`, `form`, `field`, `input`, `choice`, `error`, `assumptions`, `price`, `result`, `headline`,
 * `number`, `rewards`, `reward`, `sums`, `fault`, `retry`, `caution`, `forecast`, `path`; of line and card also `line`, `toggle`, `details`, `worth`, `changes`. Custom properties: `--gongxiang-accent`, `-on-accent`, `-background`,
 * `-color`, `-quiet`, `-line`, `-tint`, `-radius`, `-font`.
 */
export interface EarningsPreview extends EarningsPreviewProperties {}
export class EarningsPreview extends HTMLElement {
  /** Loads the rules now, before the element comes into view, or again. */
  load(): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    'earnings-preview': EarningsPreview;
  }
  interface HTMLElementEventMap {
    'gongxiang-preview': CustomEvent<EarningsPreviewDetail>;
    'gongxiang-error': CustomEvent<EarningsPreviewFailure>;
    /** @deprecated Listen for `gongxiang-preview`. */
    'gongxiang:preview': CustomEvent<EarningsPreviewDetail>;
    /** @deprecated Listen for `gongxiang-error`. */
    'gongxiang:error': CustomEvent<EarningsPreviewFailure>;
  }
}
