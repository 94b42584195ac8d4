// @ts-check
// `<earnings-preview>`: shows on any page what an order brings to whom. This file is the element; the files beside it read, compute, word
// and show. The rules are loaded when the first element of the page comes into view.
import { init } from '../browser.mjs';
import { percentOf, grouped, read } from './reading.mjs';
import { open, packFor, preview, terms } from './scheme.mjs';
import { style } from './style.mjs';
import { refusalIn, textFor } from './text.mjs';
import { assumptions, bones, frame, h, result } from './view.mjs';

/** @typedef {import('./scheme.mjs').Terms} Terms
 * @typedef {{ code: string, field: string, message: string }} Failure */

const FRAME = ['lang', 'heading', 'merchant', 'readonly', 'amount', 'concession', 'channel', 'parties', 'service', 'forecast'];
const TERMS = ['rules', 'price'];
const WATCHED = [...FRAME, ...TERMS];

/** One sheet for all elements of a document: no other document may use it.
 * @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = new WeakMap();

/** Styles a root. Where sheets cannot be constructed (Safari before 16.4, jsdom), it gets a <style>.
 * @param {ShadowRoot} root @param {Document} page */
function dress(root, page) {
  try {
    let sheet = sheets.get(page);
    if (!sheet) {
      // The page may belong to another window.
      sheet = new (page.defaultView ?? globalThis).CSSStyleSheet();
      sheet.replaceSync(style);
      sheets.set(page, sheet);
    }
    if (!('adoptedStyleSheets' in root)) throw new TypeError('no adopted sheets');
    root.adoptedStyleSheets = [sheet];
    root.querySelector('style')?.remove();
  } catch {
    if (!root.querySelector('style')) root.prepend(h('style', {}, style));
  }
}

/** Whether the page preloads the binary. Then it wants its numbers at once, and asking what is in view would cost a layout.
 * @type {boolean} */
const preloaded = Boolean(globalThis.document?.querySelector('link[rel=preload][href$="gongxiang_bg.wasm"]'));
// A failure is shown by the element that loads.
if (preloaded) init().catch(() => {});

/** @type {IntersectionObserver | undefined} */
let viewport;

/** Pixels from the view within which an element is loaded. */
const NEAR = 200;

/** Milliseconds without numbers that nobody notices. */
const MOMENT = 60;

/** Loads an element once it is near the view: at once if it is there already, because an observer answers a frame later.
 * @param {EarningsPreview} element */
function watch(element) {
  if (preloaded) return element.load();
  // The element is still empty, so only its position counts. What is not displayed has no rectangle.
  const [place] = element.getClientRects();
  if ((place && place.bottom > -NEAR && place.top < innerHeight + NEAR) || !globalThis.IntersectionObserver) return element.load();
  viewport ??= new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      viewport?.unobserve(target);
      /** @type {EarningsPreview} */ (target).load();
    }
  }, { rootMargin: `${NEAR}px` });
  viewport.observe(element);
}

// A server that renders pages has no HTMLElement, but can import the module.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

export class EarningsPreview extends Base {
  static observedAttributes = WATCHED;

  #text = textFor('');
  /** @type {Terms | undefined} */ #terms;
  /** @type {import('../index.d.ts').Book | undefined} */ #book;
  /** The parties that are assumed to take part. @type {Set<string>} */ #present = new Set();
  #service = '';
  #seen = false;
  #loading = 0;
  /** The attributes that changed since they were last applied. @type {Set<string>} */ #changed = new Set();
  /** The last event as text, so that none is sent twice. */ #said = '';

  connectedCallback() {
    // First, so that the frame is made while the binary is loading.
    if (!this.#seen) watch(this);
    if (!this.shadowRoot) {
      // Made before the root exists: if this fails, the text between the tags stays visible.
      const card = this.#framed();
      const root = this.attachShadow({ mode: 'open' });
      root.append(card);
      root.addEventListener('input', (event) => this.#typed(/** @type {HTMLInputElement} */ (event.target)));
      this.#assume();
      if (this.#seen) this.#hideAMoment();
    }
    // On every connection: an element that is moved to another document loses its styles.
    if (this.shadowRoot) dress(this.shadowRoot, this.ownerDocument);
    this.#stand();
  }

  disconnectedCallback() {
    viewport?.unobserve(this);
    this.#close();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.shadowRoot) return;
    // A page may change several attributes at once, even inside our events. They are applied together, later.
    if (!this.#changed.size) queueMicrotask(() => this.#attributesChanged());
    this.#changed.add(name);
  }

  #attributesChanged() {
    const changed = this.#changed;
    this.#changed = new Set();
    if (FRAME.some((name) => changed.has(name))) this.#frame(changed);
    if (this.#seen && TERMS.some((name) => changed.has(name))) this.load();
    else this.#stand();
  }

  /** @param {string} name @param {string} [otherwise] */
  #given(name, otherwise = '') {
    return this.getAttribute(name)?.trim() || otherwise;
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement | null} */ (this.shadowRoot?.querySelector(`#${name},[name=${name}]:checked`));
  }

  /** Replaces the frame. @param {Set<string>} changed */
  #frame(changed) {
    const card = this.#framed(changed);
    this.#card()?.replaceWith(card);
    this.#assume();
  }

  /** The frame. It keeps what was typed, unless the page changed that attribute.
   * @param {Set<string>} [changed] */
  #framed(changed) {
    const language = this.getAttribute('lang') ?? this.closest('[lang]')?.getAttribute('lang') ?? navigator.language;
    this.#text = textFor(language);
    if (!changed || changed.has('parties')) this.#present = new Set(this.#given('parties', 'referrer merchant_referrer partner').split(/\s+/));
    const [, concession, percent] = /^(.*?)\s*([%％]?)$/.exec(this.#given('concession', '10%')) ?? [];
    /** @param {string} name @param {string} given @param {string} [by] the attribute that gives it */
    const kept = (name, given, by = name) => (changed && !changed.has(by) && this.#input(name)?.value) || given;
    if (!changed || changed.has('service')) this.#service = this.#given('service');
    return frame(this.#text, {
      amount: kept('amount', this.#given('amount', '1000')),
      concession: kept('concession', concession),
      unit: kept('unit', percent ? 'percent' : 'yuan', 'concession'),
      channel: kept('channel', this.#given('channel') === 'offline' ? 'offline' : 'online'),
      heading: this.#given('heading'),
      readonly: this.hasAttribute('readonly'),
    });
  }

  /** Hides the frame for a moment, until the numbers are there, so that it is laid out once instead of twice. */
  #hideAMoment() {
    const card = this.#card();
    if (!card) return;
    card.hidden = true;
    setTimeout(() => { card.hidden = false; }, MOMENT);
  }

  #card() {
    return /** @type {HTMLElement | null | undefined} */ (this.shadowRoot?.querySelector('.card'));
  }

  /** @param {HTMLInputElement} input */
  #typed(input) {
    if (input.name === 'party') {
      this.#present[input.checked ? 'add' : 'delete'](input.value);
      this.#stand();
    } else if (input.name === 'service') {
      this.#service = input.value;
      this.#stand();
    } else {
      this.#update();
    }
  }

  /** Loads rules, price and binary, and shows the numbers. */
  async load() {
    this.#seen = true;
    const load = ++this.#loading;
    this.#close();
    this.#terms = undefined;
    this.#said = '';
    this.#show(true, ...bones());
    try {
      const [found] = await Promise.all([terms(this.#given('rules', 'seed'), this.#given('price')), init()]);
      // An attribute has changed meanwhile and started another load.
      if (load !== this.#loading) return;
      this.#terms = found;
      this.#stand();
      this.#assume();
    } catch (cause) {
      if (load !== this.#loading) return;
      this.#terms = undefined;
      this.#assume();
      this.#fail(/** @type {any} */ (cause), true);
    }
  }

  /** Shows the assumptions; nothing without rules. */
  #assume() {
    this.shadowRoot?.querySelector('.assumed')?.replaceChildren(...this.#terms
      ? assumptions(this.#text, this.#terms, this.#present, this.#service, Boolean(packFor(this.#terms.rules, 'area_partner'))) : []);
  }

  #close() {
    this.#book?.free();
    this.#book = undefined;
  }

  /** Opens a book with the assumed parties. */
  #stand() {
    if (!this.#terms || !this.isConnected) return;
    this.#close();
    this.#book = open(this.#terms, this.#present, this.#service);
    this.#update();
  }

  /** Reads the fields and shows the preview. */
  #update() {
    if (!this.#book || !this.#terms) return;
    const percent = this.#input('unit')?.value === 'percent';
    const amount = this.#read('amount', this.#text.yuan);
    const typed = this.#read('concession', percent ? '%' : this.#text.yuan);
    if (amount === undefined || typed === undefined) return;
    const concession = percent ? percentOf(amount, typed) : typed;
    const channel = this.#input('channel')?.value === 'offline' ? 'offline' : 'online';
    try {
      const receipt = preview(this.#book, channel, amount, concession);
      this.#show(false, ...result(this.#text, receipt, (party) =>
        (party === 'merchant' && this.#given('merchant')) || this.#text.parties[party], /** @type {Terms} */ (this.#terms), channel, concession));
      this.#lookAhead(receipt);
      this.#say('preview', { amount, concession, channel, price: this.#terms.price, receipt });
    } catch (cause) {
      this.#refuse(/** @type {any} */ (cause));
    }
  }

  /** Shows the forecast below the numbers, if the page asks for one. @param {import('../index.d.ts').Receipt} receipt */
  async #lookAhead({ rewards: [first] = [] }) {
    if (!this.hasAttribute('forecast') || !first || !this.#terms) return;
    const place = h('section', { part: 'forecast' });
    this.shadowRoot?.querySelector('.result')?.append(place);
    const { show } = await import('./forecast.mjs');
    await show(place, this.#text.lang, this.#terms, first.share_value, Number(this.#given('forecast', '365')));
  }

  /** Reads a field, and shows beside it how it was read or what is wrong.
   * @param {'amount' | 'concession'} name @param {string} unit */
  #read(name, unit) {
    const input = this.#input(name);
    const typed = input?.value ?? '';
    const { value, trouble } = read(name === 'concession' && unit === '%' ? typed.replace(/\s*[%％]\s*$/, '') : typed);
    this.#remark(name, trouble ? this.#text.troubles[trouble] : '');
    const hint = this.shadowRoot?.getElementById(`${name}-hint`);
    if (hint) hint.textContent = value === undefined || value === typed ? '' : `${this.#text.understood} ${grouped(value)} ${unit}`;
    if (trouble) {
      this.#show(false);
      this.#say('error', { code: 'bad_event', field: name, message: this.#text.troubles[trouble] });
    }
    return value;
  }

  /** @param {string} name @param {string} words */
  #remark(name, words) {
    this.#input(name)?.setAttribute('aria-invalid', String(Boolean(words)));
    const place = this.shadowRoot?.getElementById(`${name}-error`);
    if (place && place.textContent !== words) place.textContent = words;
  }

  /** Shows a refusal: at the field that it names, if that is one of ours.
   * @param {Failure} failure */
  #refuse(failure) {
    if (failure.field !== 'amount' && failure.field !== 'concession') return this.#fail(failure, false);
    const message = refusalIn(this.#text, failure.code);
    this.#remark(failure.field, message);
    this.#show(false);
    this.#say('error', { code: failure.code, field: failure.field, message });
  }

  /** Shows a failure in place of all numbers. @param {Failure} failure @param {boolean} again */
  #fail(failure, again) {
    // The price comes from the page, so an unreadable one is a bad price, not a bad event.
    const code = failure.code === 'bad_event' && failure.field === 'price' ? 'bad_price' : failure.code;
    const retry = h('button', { type: 'button', part: 'retry' }, this.#text.retry);
    retry.addEventListener('click', () => this.load());
    this.#show(false, h('div', { class: 'fault', part: 'fault', role: 'alert' }, h('p', {}, refusalIn(this.#text, code)), ...(again ? [retry] : [])));
    this.#say('error', { code, field: failure.field, message: failure.message });
  }

  /** @param {boolean} busy @param {Node[]} nodes */
  #show(busy, ...nodes) {
    const place = this.shadowRoot?.querySelector('.result');
    place?.setAttribute('aria-busy', String(busy));
    place?.replaceChildren(...nodes);
    const card = this.#card();
    if (card && !busy) card.hidden = false;
  }

  /** Sends an event to the page, unless it is the last one again. @param {'preview' | 'error'} what @param {object} detail */
  #say(what, detail) {
    const text = JSON.stringify([what, detail]);
    if (text === this.#said) return;
    this.#said = text;
    this.dispatchEvent(new CustomEvent(`gongxiang:${what}`, { detail, bubbles: true, composed: true }));
  }
}

if (globalThis.customElements && !customElements.get('earnings-preview')) customElements.define('earnings-preview', EarningsPreview);
