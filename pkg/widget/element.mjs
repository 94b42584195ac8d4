// @ts-check
// `<earnings-preview>`: shows on any page what an order brings to whom. This file is the element; the files beside it read, compute, word
// and show. The rules are loaded when the first element of the page comes into view.
import { load } from '../rules.mjs';
import { percentOf, grouped, read } from './reading.mjs';
import { open, packFor, preview, terms } from './scheme.mjs';
import { style } from './style.mjs';
import { refusalIn, textFor } from './text.mjs';
import { assumptions, bones, fault, frame, h, result } from './view.mjs';

/** @typedef {import('./scheme.mjs').Terms} Terms
 * @typedef {{ code: string, field: string, message: string }} Failure */

const FRAME = ['lang', 'heading', 'merchant', 'readonly', 'amount', 'concession', 'channel', 'parties', 'service', 'forecast', 'layout'];
/** The attributes for which something is loaded. */
const TERMS = ['rules', 'price', 'layout', 'amount-from', 'wasm'];
const WATCHED = [...FRAME, ...TERMS];

/** The layouts without a form, and the amount from the page: loaded only if an element asks for them.
 * @type {typeof import('./product.mjs') | undefined} */
let product;

/** One sheet for all elements of a document: no other document may use it.
 * @type {WeakMap<Document, CSSStyleSheet>} */
let sheets = new WeakMap();
let styles = style;

async function loadProduct() {
  const loaded = await import('./product.mjs');
  if (product) return;
  product = loaded;
  styles += product.style;
  sheets = new WeakMap();
}

/** Styles a root. Where sheets cannot be constructed (Safari before 16.4, jsdom), it gets a <style>.
 * @param {ShadowRoot} root */
function dress(root) {
  const page = root.ownerDocument;
  root.querySelector('style')?.remove();
  try {
    let sheet = sheets.get(page);
    if (!sheet) {
      // The page may belong to another window.
      sheet = new (page.defaultView ?? globalThis).CSSStyleSheet();
      sheet.replaceSync(styles);
      sheets.set(page, sheet);
    }
    if ('adoptedStyleSheets' in root) {
      root.adoptedStyleSheets = [sheet];
      return;
    }
  } catch {
    // No sheet can be constructed.
  }
  root.prepend(h('style', {}, styles));
}

/** Whether the page preloads the binary. Then it wants its numbers at once, and asking what is in view would cost a layout.
 * @type {boolean} */
const preloaded = Boolean(globalThis.document?.querySelector('link[rel=preload][href$="gongxiang_bg.wasm"]'));
// A failure is shown by the element that loads.
if (preloaded) load().catch(() => {});

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
  if ((place && place.bottom > -NEAR && place.top < globalThis.innerHeight + NEAR) || !globalThis.IntersectionObserver) return element.load();
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
  /** What the fields hold, also where no field is shown. @type {Record<string, string>} */ #values = {};
  /** Ends the reading of the amount from the page. @type {(() => void) | undefined} */ #unfollow;
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
    if (this.shadowRoot) dress(this.shadowRoot);
    this.#follow();
    this.#stand();
  }

  disconnectedCallback() {
    viewport?.unobserve(this);
    this.#unfollow?.();
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

  /** Whether the page asks for the line or the card. */
  get #formless() {
    return /^(line|card)$/.test(this.#given('layout'));
  }

  /** A field, if there is one. @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement | null | undefined} */ (this.shadowRoot?.getElementById(name));
  }

  /** Replaces the frame. @param {Set<string>} changed */
  #frame(changed) {
    const card = this.#framed(changed);
    this.#card()?.replaceWith(card);
    if (this.shadowRoot) dress(this.shadowRoot);
    this.#assume();
    this.#follow();
  }

  /** The frame. It keeps what was typed, unless the page changed that attribute.
   * @param {Set<string>} [changed] */
  #framed(changed) {
    const language = this.getAttribute('lang') ?? this.closest('[lang]')?.getAttribute('lang') ?? navigator.language;
    this.#text = textFor(language);
    if (!changed || changed.has('parties')) this.#present = new Set(this.#given('parties', 'referrer merchant_referrer partner').split(/\s+/));
    if (!changed || changed.has('service')) this.#service = this.#given('service');
    const [, concession, percent] = /^(.*?)\s*([%％]?)$/.exec(this.#given('concession', '10%')) ?? [];
    /** @param {string} name @param {string} given @param {string} [by] the attribute that gives it */
    const fill = (name, given, by = name) => {
      if (!changed || changed.has(by) || !this.#values[name]) this.#values[name] = given;
    };
    fill('amount', this.#given('amount', '1000'));
    fill('concession', concession);
    fill('unit', percent ? 'percent' : 'yuan', 'concession');
    fill('channel', this.#given('channel') === 'offline' ? 'offline' : 'online');
    const heading = this.#given('heading');
    // Until the layout is loaded, the text between the tags stays.
    const card = !this.#formless ? frame(this.#text, this.#values, heading, this.hasAttribute('readonly'))
      : product?.frame(this.#text, this.#given('layout'), heading) ?? h('slot', {});
    // A page that declares no scheme may be dark all the same, where the visitor's system is.
    card.classList.toggle('system', globalThis.getComputedStyle?.(this).colorScheme === 'normal');
    return card;
  }

  /** Reads the amount from the page from now on, if an attribute says where. */
  #follow() {
    this.#unfollow?.();
    const selector = this.#given('amount-from');
    this.#unfollow = selector && product && this.isConnected ? product.follow(this, selector, (amount) => {
      this.#values.amount = amount;
      const input = this.#input('amount');
      if (input) input.value = amount;
      this.#update();
    }) : undefined;
  }

  /** Hides the frame for a moment, until the numbers are there, so that it is laid out once instead of twice. */
  #hideAMoment() {
    const card = this.#card();
    if (!card) return;
    card.hidden = true;
    setTimeout(() => { card.hidden = false; }, MOMENT);
  }

  #card() {
    return /** @type {HTMLElement | null | undefined} */ (this.shadowRoot?.lastElementChild);
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
      this.#values[input.name] = input.value;
      this.#update();
    }
  }

  /** Loads rules, price and binary, and shows the numbers. */
  async load() {
    this.#seen = true;
    const attempt = ++this.#loading;
    this.#close();
    this.#terms = undefined;
    this.#said = '';
    this.#show(true, ...bones());
    try {
      const both = Promise.all([terms(this.#given('rules', 'seed'), this.#given('price')), load(this.#given('wasm') || undefined)]);
      if (!product && (this.#formless || this.#given('amount-from'))) {
        // It is awaited below, where the frame can show a failure.
        both.catch(() => {});
        await loadProduct();
        this.#frame(new Set());
      } else {
        this.#follow();
      }
      const [found] = await both;
      // An attribute has changed meanwhile and started another load.
      if (attempt !== this.#loading) return;
      this.#terms = found;
      this.#stand();
      this.#assume();
    } catch (cause) {
      if (attempt !== this.#loading) return;
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
    const percent = this.#values.unit === 'percent';
    const amount = this.#read('amount', this.#text.yuan);
    const typed = this.#read('concession', percent ? '%' : this.#text.yuan);
    if (amount === undefined || typed === undefined) return;
    const concession = percent ? percentOf(amount, typed) : typed;
    const channel = this.#values.channel === 'offline' ? 'offline' : 'online';
    const terms = this.#terms;
    try {
      const receipt = preview(this.#book, channel, amount, concession);
      const days = this.hasAttribute('forecast') ? Number(this.#given('forecast', '365')) : undefined;
      if (this.#formless) {
        this.#show(false);
        product?.fill(/** @type {HTMLElement} */ (this.#card()), this.#text, receipt, terms, channel, days);
      } else {
        this.#show(false, ...result(this.#text, receipt, (party) => (party === 'merchant' && this.#given('merchant')) || this.#text.parties[party], terms, channel, concession));
        if (days !== undefined) this.#lookAhead(receipt, terms, days);
      }
      this.#say('preview', { amount, concession, channel, price: terms.price, receipt });
    } catch (cause) {
      this.#refuse(/** @type {any} */ (cause));
    }
  }

  /** Shows the forecast below the numbers. @param {import('../index.d.ts').OrderReceipt} receipt @param {Terms} terms @param {number} days */
  async #lookAhead({ rewards: [first] }, terms, days) {
    if (!first) return;
    const place = h('section', { part: 'forecast' });
    this.shadowRoot?.querySelector('.result')?.append(place);
    const { show } = await import('./forecast.mjs');
    await show(place, this.#text.lang, terms, first.share_value, days);
  }

  /** Reads a value, and shows beside its field how it was read or what is wrong.
   * @param {'amount' | 'concession'} name @param {string} unit */
  #read(name, unit) {
    const typed = this.#values[name];
    const { value, trouble } = read(name === 'concession' && unit === '%' ? typed.replace(/\s*[%％]\s*$/, '') : typed);
    const hint = this.shadowRoot?.getElementById(`${name}-hint`);
    if (hint) hint.textContent = value === undefined || value === typed ? '' : `${this.#text.understood} ${grouped(value)} ${unit}`;
    if (trouble) this.#object(name, 'bad_event', (this.#formless && product?.unreadable(this.#text.lang, name)) || this.#text.troubles[trouble]);
    else this.#remark(name, '');
    return value;
  }

  /** Says what is wrong with a value: at its field, or where the numbers would be.
   * @param {string} name @param {string} code @param {string} message */
  #object(name, code, message) {
    this.#remark(name, message);
    this.#show(false, this.#formless ? fault(message) : '');
    this.#say('error', { code, field: name, message });
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
    this.#object(failure.field, failure.code, refusalIn(this.#text, failure.code));
  }

  /** Shows a failure in place of all numbers. @param {Failure} failure @param {boolean} again */
  #fail(failure, again) {
    // A script that could not be loaded has no code. The price comes from the page, so an unreadable one is a bad price, not a bad event.
    const code = failure.code === 'bad_event' && failure.field === 'price' ? 'bad_price' : failure.code ?? 'not_loaded';
    const retry = h('button', { type: 'button', part: 'retry' }, this.#text.retry);
    retry.addEventListener('click', () => this.load());
    // Trying again helps nobody whose browser cannot run the binary.
    this.#show(false, fault(refusalIn(this.#text, code), again && globalThis.WebAssembly ? retry : ''));
    this.#say('error', { code, field: failure.field ?? '', message: failure.message });
  }

  /** @param {boolean} busy @param {(Node | string)[]} nodes */
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
    // JSX and template compilers take no colon in a name; version 0.1 had no other.
    for (const mark of '-:') this.dispatchEvent(new CustomEvent(`gongxiang${mark}${what}`, { detail, bubbles: true, composed: true }));
  }
}

// Frameworks set properties where there are some. `lang` is one of every element.
for (const name of [...new Set([...WATCHED, 'theme'])].slice(1)) {
  Object.defineProperty(EarningsPreview.prototype, name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()), {
    configurable: true, enumerable: true,
    /** @this {EarningsPreview} */
    get() {
      const value = this.getAttribute(name);
      return value === '' || (name === 'readonly' && value !== null) ? true : value ?? undefined;
    },
    /** @this {EarningsPreview} @param {unknown} value */
    set(value) {
      if (value === undefined || value === null || value === false) this.removeAttribute(name);
      else this.setAttribute(name, value === true ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
    },
  });
}

if (globalThis.customElements && !customElements.get('earnings-preview')) customElements.define('earnings-preview', EarningsPreview);
