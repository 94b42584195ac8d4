// The reference of the bench: the widget's preview as one would write it with Lit and decimal.js, for the seed's values and the parties
// that the widget assumes. Same inputs, same numbers, same formulas and assumptions on the screen, but for the service role.
import { LitElement, css, html } from 'lit';
import Decimal from 'decimal.js';

Decimal.set({ precision: 60 });
const floor = (value) => value.toDecimalPlaces(8, Decimal.ROUND_FLOOR);
const grouped = (text) => text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
const RULES = { buyer: '10', merchant: '2', online: '0.4', offline: '0.05', shop: '0.05', area: '0.08' };

class ReferencePreview extends LitElement {
  static properties = { amount: { state: true }, given: { state: true }, unit: { state: true }, channel: { state: true }, present: { state: true } };
  static styles = css`
    :host { display: block; font: 16px/1.5 system-ui; font-variant-numeric: tabular-nums; }
    article { display: grid; gap: 16px; padding: 20px; border: 1px solid #e2ded2; border-radius: 18px; background: #fff; color: #1c2420; }
    .hero { padding: 16px; border-radius: 14px; background: #0d6b58; color: #fff; }
    .big { font-size: 2.5rem; font-weight: 700; }
    li, dl div { display: flex; justify-content: space-between; border-top: 1px solid #e2ded2; padding: 10px 0; }
    dl, .quiet { font-size: 0.875rem; }
  `;

  constructor() {
    super();
    this.amount = '1000';
    this.given = '10';
    this.unit = 'percent';
    this.channel = 'online';
    this.present = ['referrer', 'merchant_referrer', 'partner'];
  }

  rewards() {
    const price = new Decimal('1');
    const given = new Decimal(this.given);
    const concession = this.unit === 'percent' ? given.mul(this.amount).div(100).toDecimalPlaces(2, Decimal.ROUND_FLOOR) : given;
    const points = concession.div(price).toDecimalPlaces(8, Decimal.ROUND_CEIL);
    const consumption = floor(concession.mul(RULES.buyer));
    const of = (rate, what, value) => [floor(value.mul(rate)), `${rate} × ${what} ${grouped(value.toFixed())}`];
    const here = (party, ...reward) => (this.present.includes(party) ? [reward] : []);
    const list = [['Buyer', 'own', ...of(RULES.buyer, 'concession', concession)], ['Merchant', 'own', ...of(RULES.merchant, 'concession', concession)]];
    let paid = new Decimal(0);
    if (this.channel === 'online') {
      list.push(...here('referrer', 'Buyer’s referrer', 'dynamic', ...of(RULES.online, 'consumption', consumption)));
    } else {
      const inPoints = [...here('referrer', 'Buyer’s referrer', 'dynamic', ...of(RULES.offline, 'order points', points)),
        ...here('merchant_referrer', 'Merchant’s referrer', 'dynamic', ...of(RULES.shop, 'order points', points)),
        ...here('partner', 'Area partner', 'dynamic', ...of(RULES.area, 'order points', points))];
      paid = inPoints.reduce((sum, [, , value]) => sum.plus(value), paid);
      list.push(...inPoints);
    }
    return { list, points, burned: points.minus(paid), concession, price };
  }

  party(name, words) {
    return html`<label><input type="checkbox" ?checked=${this.present.includes(name)} @input=${({ target }) => {
      this.present = target.checked ? [...this.present, name] : this.present.filter((other) => other !== name);
    }}>${words}</label>`;
  }

  render() {
    const { list: [first, ...rest], points, burned, concession, price } = this.rewards();
    const choice = (property, value, words) => html`<label><input type="radio" name=${property} ?checked=${this[property] === value}
      @input=${() => { this[property] = value; }}>${words}</label>`;
    return html`<article>
      <h2>What an order brings</h2>
      <label>Order amount <input id="amount" .value=${this.amount} @input=${({ target }) => { this.amount = target.value; }}></label>
      <label>Concession <input id="concession" .value=${this.given} @input=${({ target }) => { this.given = target.value; }}></label>
      <div>${choice('unit', 'percent', '%')} ${choice('unit', 'yuan', 'yuan')}</div>
      <div>${choice('channel', 'online', 'Delivered')} ${choice('channel', 'offline', 'In the shop')}</div>
      <div class="hero" part="headline"><small>Buyer gets</small><div class="big"><span part="number">${grouped(first[2].toFixed())}</span></div>${first[3]}</div>
      <ul>${rest.map(([who, kind, value, why]) => html`<li><b>${who}</b><i>${kind}</i><span part="number">${grouped(value.toFixed())}</span><small>${why}</small></li>`)}</ul>
      <dl>
        <div><dt>The merchant pays</dt><dd>${grouped(points.toFixed())} points = ${grouped(concession.toFixed())} yuan ÷ ${price.toFixed()}</dd></div>
        <div><dt>of which burned</dt><dd>${grouped(burned.toFixed())} points</dd></div>
        <div><dt>Arrives</dt><dd>at the close of the day 15 days later, unless refunded</dd></div>
      </dl>
      <fieldset><legend>Assumed</legend>${this.party('referrer', 'The buyer was referred by a member')}
        ${this.party('merchant_referrer', 'The merchant was referred by a member')} ${this.party('partner', 'The city has an area partner')}
        <p>1 point = ${price.toFixed()} yuan</p></fieldset>
      <p class="quiet">A preview at these rules and this price; it promises nothing. A point’s price can fall.</p>
    </article>`;
  }
}

customElements.define('reference-preview', ReferencePreview);
