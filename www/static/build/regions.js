// <gx-regions data-for="ID" lang="zh-CN">: chooses a place by province, city and district, and types its six digits (GB/T 2260)
// into the field with that id; with data-level="city" without the district. The names are loaded when somebody opens it.

const LABELS = { zh: ['选择地区', '省', '市', '区县', '请选择'], en: ['Choose a place', 'Province', 'City', 'District', 'Choose'] };

let names;

/** The places as [code, name], in the order of their codes. */
function places() {
  names ??= fetch(new URL('regions.json', import.meta.url)).then(async (answer) => {
    if (!answer.ok) throw new Error(`regions.json: ${answer.status}`);
    return Object.entries(await answer.json());
  });
  names.catch(() => { names = undefined; });
  return names;
}

const isProvince = (code) => code.endsWith('0000');
const isCity = (code) => code.endsWith('00') && !isProvince(code);

class Regions extends HTMLElement {
  static observedAttributes = ['lang'];

  connectedCallback() {
    this.#draw();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#draw();
  }

  #draw() {
    const [open] = this.#labels();
    const details = Object.assign(document.createElement('details'), { className: 'regions' });
    const summary = Object.assign(document.createElement('summary'), { textContent: open });
    summary.dataset.testid = 'regions';
    details.append(summary);
    details.addEventListener('toggle', () => { if (details.open && details.childElementCount === 1) this.#fill(details); });
    this.replaceChildren(details);
  }

  #labels() {
    return LABELS[this.lang.startsWith('en') ? 'en' : 'zh'];
  }

  async #fill(details) {
    const all = await places().catch(() => []);
    // Closed again, or drawn in another language, while the names came.
    if (!details.isConnected || details.childElementCount > 1) return;
    const [, province, city, district, choose] = this.#labels();
    const select = (label, level) => {
      const element = document.createElement('select');
      element.setAttribute('aria-label', label);
      element.dataset.testid = `region-${level}`;
      element.disabled = true;
      return element;
    };
    const [first, second, third] = [select(province, 'province'), select(city, 'city'), select(district, 'district')];
    const citiesAlone = this.dataset.level === 'city';
    const offer = (element, found) => {
      element.replaceChildren(new Option(choose, ''), ...found.map(([code, name]) => new Option(name, code)));
      element.disabled = found.length === 0;
    };
    const below = new Map(all);
    const startsWith = (digits) => all.filter(([code]) => code.startsWith(digits));
    offer(first, all.filter(([code]) => isProvince(code)));
    first.addEventListener('change', () => {
      const inside = first.value ? startsWith(first.value.slice(0, 2)) : [];
      // Beijing and the like have districts and no cities.
      offer(second, inside.filter(([code]) => isCity(code) || (!isProvince(code) && !below.has(`${code.slice(0, 4)}00`))));
      offer(third, []);
    });
    second.addEventListener('change', () => {
      const inside = isCity(second.value) ? startsWith(second.value.slice(0, 4)).filter(([code]) => !isCity(code)) : [];
      offer(third, inside);
      // A city without districts is a place itself.
      if (second.value && (citiesAlone || inside.length === 0)) this.#type(second.value);
    });
    third.addEventListener('change', () => { if (third.value) this.#type(third.value); });
    details.append(first, second, ...(citiesAlone ? [] : [third]));
  }

  #type(code) {
    const field = document.getElementById(this.dataset.for);
    field.value = code;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** <gx-place data-code="110100" lang="zh-CN">: the name of a place instead of its code, once the names are there. */
class Place extends HTMLElement {
  async connectedCallback() {
    const { code } = this.dataset;
    const all = new Map(await places().catch(() => []));
    const names = [`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code].map((place) => all.get(place));
    const name = [...new Set(names.filter(Boolean))].join(' ');
    if (name && this.isConnected) this.textContent = `${name} (${code})`;
  }
}

customElements.define('gx-regions', Regions);
customElements.define('gx-place', Place);
