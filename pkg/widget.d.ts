import type { Channel, Decimal, Receipt } from './index.js';

/** What `gongxiang:preview` carries: the preview that is on the screen. */
export interface EarningsPreviewDetail {
  /** Yuan. */
  amount: Decimal;
  /** Yuan, also where it was typed in percent. */
  concession: Decimal;
  channel: Channel;
  /** Yuan for a point. */
  price: Decimal;
  receipt: Receipt;
}

/** What `gongxiang:error` carries: why there is no number on the screen. */
export interface EarningsPreviewFailure {
  /** A code of the package; `not_loaded` where the binary, the rules or the price could not be fetched. */
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
  /** Otherwise as the visitor's system is set. */
  theme?: 'light' | 'dark';
  /** A preset's name, the address of a rule set, or a rule set as JSON. Otherwise `seed`. */
  rules?: string;
  /** Yuan for a point, or the address of a server's supply (`/v1/supply`). Otherwise the price at which the rules start. */
  price?: string;
  /** What is filled in at first: `online` or `offline`. */
  channel?: Channel;
  /** What is filled in at first, in yuan. */
  amount?: string;
  /** What is filled in at first: yuan, or a percentage (`10%`). */
  concession?: string;
  /** Who is assumed to take part: some of `referrer merchant_referrer partner`, with spaces between; `none` for none. Otherwise all. */
  parties?: string;
  /** The service role that is assumed above the buyer's referrer: a name of the rule set. */
  service?: string;
  /** The merchant's name. */
  merchant?: string;
  heading?: string;
  /** Days: the band of what the buyer's share value may come to. Needs a price from a server. Without a number 365. */
  forecast?: string | boolean;
  /** The visitor cannot change what is filled in. */
  readonly?: boolean | '';
}

/**
 * `<earnings-preview>`: what an order brings to whom.
 *
 * Slots: `heading`, `note`. Parts: `card`, `heading`, `form`, `field`, `input`, `choice`, `error`, `assumptions`, `price`, `result`, `headline`,
 * `number`, `rewards`, `reward`, `sums`, `fault`, `retry`, `caution`, `forecast`, `path`. Custom properties: `--gongxiang-accent`, `-on-accent`, `-background`,
 * `-color`, `-quiet`, `-line`, `-tint`, `-radius`, `-font`.
 */
export class EarningsPreview extends HTMLElement {
  /** Loads the rules now, without waiting until the element comes into view; or loads them again. */
  load(): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    'earnings-preview': EarningsPreview;
  }
  interface HTMLElementEventMap {
    'gongxiang:preview': CustomEvent<EarningsPreviewDetail>;
    'gongxiang:error': CustomEvent<EarningsPreviewFailure>;
  }
}
