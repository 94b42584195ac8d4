// The reference of the bench: the widget's preview as one would write it with Lit and decimal.js, for the seed's values and the parties
// that the widget assumes at first. Same inputs, same numbers, same formulas on the screen.
import { LitElement, css, html } from 'lit';
import Decimal from 'decimal.js';

Decimal.set({ precision: 60 });
const floor = (value) => value.toDecimalPlaces(8, Decimal.ROUND_FLOOR);
const grouped = (text) => text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
const RULES = { buyer: '10', merchant: '2', online: '0.4', offline: '0.05', shop: '0.05', area: '0.08' };

class ReferencePreview extends LitElement {
  static properties = { amount: { state: true }, percent: { state: true }, channel: { state: true } };
  static styles = css`
    :host { display: block; font: 16px/1.5 system-ui; font-variant-numeric: tabular-nums; }
    article { display: grid; gap: 16px; padding: 20px; border: 1px solid #e2ded2; border-radius: 18px; background: #fff; color: #1c2420; }
    .hero { padding: 16px; border-radius: 14px; background: #0d6b58; color: #fff; }
    .big { font-size: 2.5rem; font-weight: 700; }
    li { display: flex; justify-content: space-between; border-top: 1px solid #e2ded2; padding: 10px 0; }
  `;

  constructor() {
    super();
    this.amount = '1000';
    this.percent = '10';
    this.channel = 'online';
  }

  rewards() {
    const price = new Decimal('1');
    const concession = new Decimal(this.amount).mul(this.percent).div(100).toDecimalPlaces(2, Decimal.ROUND_FLOOR);
    const points = concession.div(price).toDecimalPlaces(8, Decimal.ROUND_CEIL);
    const consumption = floor(concession.mul(RULES.buyer));
    const of = (rate, what, value) => [floor(value.mul(rate)), `${rate} × ${what} ${grouped(value.toFixed())}`];
    const list = [['Buyer', 'own', ...of(RULES.buyer, 'concession', concession)], ['Merchant', 'own', ...of(RULES.merchant, 'concession', concession)]];
    if (this.channel === 'online') {
      list.push(['Buyer’s referrer', 'dynamic', ...of(RULES.online, 'consumption', consumption)]);
    } else {
      list.push(['Buyer’s referrer', 'dynamic', ...of(RULES.offline, 'order points', points)], ['Merchant’s referrer', 'dynamic', ...of(RULES.shop, 'order points', points)],
        ['Area partner', 'dynamic', ...of(RULES.area, 'order points', points)]);
    }
    return { list, points };
  }

  render() {
    const { list: [first, ...rest], points } = this.rewards();
    return html`<article>
      <h2>What an order brings</h2>
      <label>Order amount <input id="amount" .value=${this.amount} @input=${({ target }) => { this.amount = target.value; }}></label>
      <label>Concession <input id="concession" .value=${this.percent} @input=${({ target }) => { this.percent = target.value; }}></label>
      <label><input type="radio" name="channel" ?checked=${this.channel === 'online'} @input=${() => { this.channel = 'online'; }}>Delivered</label>
      <label><input type="radio" name="channel" ?checked=${this.channel === 'offline'} @input=${() => { this.channel = 'offline'; }}>In the shop</label>
      <div class="hero" part="headline"><small>Buyer gets</small><div class="big"><span part="number">${grouped(first[2].toFixed())}</span></div>${first[3]}</div>
      <ul>${rest.map(([who, kind, value, why]) => html`<li><b>${who}</b><i>${kind}</i><span part="number">${grouped(value.toFixed())}</span><small>${why}</small></li>`)}</ul>
      <p>The merchant pays ${grouped(points.toFixed())} points</p>
    </article>`;
  }
}

customElements.define('reference-preview', ReferencePreview);
