// <gx-chart data-chart='{"along": […], "series": [{"name", "values"}], "bars": false}'>: draws it with uPlot, which is loaded when the
// first chart comes into view. Along are dates or numbers of days. Three lines are a band: its lower edge, its middle and its upper edge.
// A series with `marks` has single points, and empty values where there is none; `says` has what each point says in place of its value.
// The legend has the values at the place that one taps, points at or goes to with the arrow keys; before that, the last ones.

let library;

/** uPlot and its style, once. */
function uplot() {
  library ??= Promise.all([import('./uplot.js'), style()]).then(([module]) => module.default);
  return library;
}

function style() {
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('uplot.css', import.meta.url).href });
  document.head.append(link);
  return new Promise((resolve) => { link.onload = link.onerror = resolve; });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const HEIGHT = 180;
/** Half a day, the room beside the first and the last bar. */
const HALF_DAY = 43_200;
/** The same of months, which stand at their first days. */
const HALF_MONTH = 30 * HALF_DAY;
/** How far a key goes along the axis. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

const place = (text) => (DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) / 1000 : Number(text));

class Chart extends HTMLElement {
  static observedAttributes = ['data-chart'];

  #plot;
  #seen = false;
  #watchers = [];

  connectedCallback() {
    this.tabIndex = 0;
    this.onkeydown = (event) => this.#step(event);
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      sight.disconnect();
      this.#seen = true;
      this.#draw();
    });
    sight.observe(this);
    const size = new ResizeObserver(() => {
      const width = this.clientWidth;
      if (this.#plot && width && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
    });
    size.observe(this);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => this.#draw();
    dark.addEventListener('change', redraw);
    this.#watchers = [() => sight.disconnect(), () => size.disconnect(), () => dark.removeEventListener('change', redraw)];
  }

  disconnectedCallback() {
    for (const stop of this.#watchers) stop();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  attributeChangedCallback() {
    if (this.#seen) this.#draw();
  }

  /** Goes along the axis by keyboard. */
  #step(event) {
    const [step, plot] = [STEPS[event.key], this.#plot];
    if (!step || !plot || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const last = plot.data[0].length - 1;
    const at = Math.min(Math.max((plot.legend.idx ?? last) + step, 0), last);
    plot.setCursor({ left: plot.valToPos(plot.data[0][at], 'x'), top: 0 });
  }

  async #draw() {
    if (!this.#seen) return;
    const Plot = await uplot();
    if (!this.isConnected) return;
    const { along, series, bars } = JSON.parse(this.dataset.chart);
    this.#plot?.destroy();
    const options = this.#options(Plot, DAY.test(along[0]), series);
    const half = bars === 'month' ? HALF_MONTH : HALF_DAY;
    if (bars === 'month') {
      options.axes[0].values = [[30 * 86_400, '{YYYY}-{MM}', null, null, null, null, null, null, 1]];
      options.series[0].value = '{YYYY}-{MM}';
    }
    if (bars) {
      options.scales = { x: { time: true, range: (_, from, to) => [from - half, to + half] }, y: { range: (_, from, to) => [0, to * 1.1 || 1] } };
      Object.assign(options.series[1], { paths: Plot.paths.bars({ size: [0.7, 32] }), width: 0, fill: options.series[1].stroke });
    }
    this.#plot = new Plot(options, [along.map(place), ...series.map(({ values }) => values.map((value) => (value === '' ? null : Number(value))))], this);
    // uPlot empties the legend at the end of its own first drawing.
    queueMicrotask(() => readLast(this.#plot));
    this.querySelector('.u-legend').setAttribute('aria-live', 'polite');
  }

  #options(Plot, days, series) {
    const style = getComputedStyle(this);
    const colour = (name) => style.getPropertyValue(name).trim();
    const isBand = series.filter(({ marks }) => !marks).length === 3;
    const inks = isBand ? ['--bad', '--accent', '--gold'] : ['--accent', '--gold', '--bad', '--quiet'];
    const axis = { stroke: colour('--quiet'), font: `12px ${style.fontFamily}`, ticks: { show: false } };
    const rule = { stroke: colour('--line'), width: 1 };
    const count = dayCount();
    return {
      width: this.clientWidth,
      height: HEIGHT,
      tzDate: (stamp) => Plot.tzDate(new Date(stamp * 1000), 'Etc/UTC'),
      scales: { x: { time: days } },
      hooks: { setCursor: [(plot) => { if (plot.cursor.idx == null) readLast(plot); }] },
      // From the lower edge up, because a band is drawn with its first line, and covers the lines before.
      bands: isBand ? [{ series: [1, 3], dir: 1, fill: colour('--tint') }] : undefined,
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      axes: [
        { ...axis, grid: { show: false }, space: 70, size: 32, values: days ? [[86_400, '{M}/{D}', null, null, null, null, null, null, 1]] : (_, values) => values.map(count) },
        { ...axis, grid: rule, size: 56, values: (_, values) => values.map((value) => short(value)) },
      ],
      // uPlot's legend: the lines by name, and the values where one taps or points.
      series: [
        { label: '', value: days ? '{YYYY}-{MM}-{DD}' : (_, value) => (value === null ? '–' : count(value)) },
        ...series.map(({ name, marks, says }, at) => ({
          label: name, stroke: colour(inks[at]), width: 2,
          ...(marks && { paths: () => null }),
          points: marks ? { show: true, size: 9, fill: colour(inks[at]) } : { show: false },
          value: (_, value, __, index) => (value == null ? '–' : precise(says?.[index] ?? value)),
          dash: isBand && at !== 1 ? [4, 3] : undefined,
          fill: !isBand && at === 0 ? colour('--tint') : undefined,
        })),
      ],
    };
  }
}

const readLast = (plot) => plot?.setLegend({ idx: plot.data[0].length - 1 });
const dayCount = () => new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format;
const short = (value) => new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
const precise = (value) => new Intl.NumberFormat('en', { maximumFractionDigits: 4 }).format(value);

customElements.define('gx-chart', Chart);
