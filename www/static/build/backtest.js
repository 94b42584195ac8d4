// <gx-backtest data-changes="{…}" lang="zh-CN">: replays the last days of the live book under these changes of the rules, in a worker, and
// shows both results side by side. Nothing is sent.

const DAYS = 90;
const TEXTS = {
  zh: {
    run: `用近 ${DAYS} 天的账对比`, stop: '停止', title: `近 ${DAYS} 天：现行规则与修改后`, day: '已计算到', fails: '无法对比',
    price: '期末价格（元）', released: '释放积分', burned: '销毁积分', treasury: '平台积分', figure: '项目', now: '现行', then: '修改后',
    refused: '修改后不能成立的操作', none: '无', adoptions: '期间的规则变更未计入修改后一列',
    members: '会员期末积分，按变化从少到多分十组', group: '组', mean: '人均积分', gain: '增加', lose: '减少', same: '不变',
    note: '假设会员的行为不变。结果取决于假设，仅供参考。',
  },
  en: {
    run: `Replay the last ${DAYS} days`, stop: 'Stop', title: `The last ${DAYS} days: rules in force and changed`, day: 'Computed up to', fails: 'The replay failed',
    price: 'Price at the end (yuan)', released: 'Points released', burned: 'Points burned', treasury: 'Treasury', figure: 'Figure', now: 'In force', then: 'Changed',
    refused: 'Refused under the changed rules', none: 'none', adoptions: 'Changes of rules in these days are left out of the changed column',
    members: 'Members’ points at the end, in tenths from the largest loss to the largest gain', group: 'Tenth', mean: 'Mean points', gain: 'gain', lose: 'lose', same: 'unchanged',
    note: 'Assumes that members do the same. Results depend on this; they are not a forecast.',
  },
};

const shown = (number) => new Intl.NumberFormat('en', { maximumFractionDigits: 4 }).format(number);

function element(tag, properties = {}, ...children) {
  const { testid, ...own } = properties;
  const made = Object.assign(document.createElement(tag), own);
  if (testid) made.dataset.testid = testid;
  made.append(...children);
  return made;
}

function table(testid, heads, rows) {
  const row = (cells, tag) => element('tr', {}, ...cells.map((cell, at) => element(at ? tag : 'th', { textContent: cell, scope: at ? '' : 'row' })));
  return element('table', { testid }, element('thead', {}, row(heads, 'th')), element('tbody', {}, ...rows.map((cells) => row(cells, 'td'))));
}

class Backtest extends HTMLElement {
  static observedAttributes = ['lang', 'data-changes'];

  #worker;
  #said = '';
  #result;

  connectedCallback() { this.#draw(); }

  disconnectedCallback() { this.#stop(); }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    // Other changes have another result.
    if (name === 'data-changes') {
      this.#stop();
      this.#result = undefined;
      this.#said = '';
    }
    this.#draw();
  }

  get #texts() { return TEXTS[this.lang.startsWith('en') ? 'en' : 'zh']; }

  #stop() {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #run() {
    this.#stop();
    this.#result = undefined;
    const worker = new Worker(new URL('backtest-worker.js', import.meta.url), { type: 'module' });
    this.#worker = worker;
    const end = (said) => {
      if (this.#worker !== worker) return;
      this.#stop();
      this.#said = said;
      this.#draw();
    };
    worker.onmessage = ({ data }) => {
      if (this.#worker !== worker) return;
      if (data.of === 'progress') {
        this.#said = `${this.#texts.day} ${data.day}`;
        this.querySelector('[role=status]').textContent = this.#said;
        return;
      }
      if (data.of === 'done') this.#result = data.result;
      end(data.of === 'done' ? '' : `${this.#texts.fails}: ${data.code}`);
    };
    worker.onerror = () => end(this.#texts.fails);
    worker.postMessage({ changes: JSON.parse(this.dataset.changes), days: DAYS });
    this.#draw();
  }

  #draw() {
    const texts = this.#texts;
    const runs = Boolean(this.#worker);
    const act = () => {
      if (!runs) return this.#run();
      this.#stop();
      this.#said = '';
      return this.#draw();
    };
    const button = element('button', { type: 'button', className: 'secondary', textContent: runs ? texts.stop : texts.run, onclick: act, testid: 'backtest' });
    const status = element('p', { className: 'note', textContent: this.#said, testid: 'backtest-status' });
    status.setAttribute('role', 'status');
    this.replaceChildren(button, status, ...(this.#result ? this.#outcome(texts, this.#result) : []));
  }

  #outcome(texts, { now, then, refused, words, adoptions, groups, gain, lose, same, from }) {
    const figures = ['price', 'released', 'burned', 'treasury'].map((name) => [texts[name], shown(now[name]), shown(then[name])]);
    const said = words[this.lang.startsWith('en') ? 'en' : 'zh'];
    const dropped = Object.entries(refused).map(([type, count]) => `${said[type]} ${count}`).join(' · ');
    const outcome = element('section', { testid: 'backtest-result' },
      element('h2', { textContent: `${texts.title} (${from} –)` }),
      table('backtest-figures', [texts.figure, texts.now, texts.then], figures),
      element('p', { className: 'note', textContent: `${texts.refused}: ${dropped || texts.none}` }),
      element('h3', { textContent: texts.members }),
      element('p', { className: 'note', textContent: `${texts.gain} ${gain} · ${texts.lose} ${lose} · ${texts.same} ${same}` }),
      table('backtest-tenths', [texts.group, texts.now, texts.then], groups.map((group, at) => [`${at + 1}`, shown(group.now), shown(group.then)])),
      element('p', { className: 'note', textContent: texts.note }));
    if (adoptions) outcome.append(element('p', { className: 'note', textContent: `${texts.adoptions}: ${adoptions}` }));
    outcome.dataset.result = JSON.stringify(this.#result);
    return [outcome];
  }
}

customElements.define('gx-backtest', Backtest);
