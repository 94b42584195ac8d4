// Runs in the browser: as much of WeChat as the pages need, around WeChat's own component framework (glass-easel).
import * as adapter from 'glass-easel-miniprogram-adapter';

const { glassEasel } = adapter;
const { templates, configs, modules, scopes, tabs } = globalThis.APP;
const env = new adapter.MiniProgramEnv();
const space = env.createCodeSpace('', true);
space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true });
const native = { view: 'wx-view', text: 'wx-text', input: 'input', image: 'img', button: 'button', picker: 'wx-picker' };
for (const [tag, element] of Object.entries(native)) space.getComponentSpace().setGlobalUsingComponent(tag, element);
for (const [path, config] of Object.entries(configs)) space.addComponentStaticConfig(path, config);
for (const [path, scope] of Object.entries(scopes)) space.addStyleSheet(path, undefined, scope);
for (const path of Object.keys(templates)) space.addCompiledTemplate(path, { groupList: templates, content: templates[path], fallbackListenerOnNativeNode: true });

glassEasel.addGlobalErrorListener((error) => globalThis.reportFault?.(`thrown: ${error?.stack ?? error}`));
glassEasel.addGlobalWarningListener((message) => globalThis.reportFault?.(`warned: ${message}`));

let root;
let shown = '';
/** The pages' own `this`. */
const current = () => root.get();

/** The pages below the one that is shown. */
let below = [];

function open(path) {
  const [url, query = ''] = path.replace(/^\//, '').split('?');
  if (!modules[`${url}.js`]) throw new Error(`no page ${url}`);
  const holder = document.getElementById('page');
  if (root) current().onUnload?.();
  root?.release();
  holder.replaceChildren(document.createElement('div'));
  root = backend.createRoot('wx-page', space, url);
  root.attach(holder, holder.firstChild);
  shown = url;
  const page = current();
  // The values stay as they are in the address.
  page.onLoad?.(Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('='))));
  page.onShow?.();
  const bar = document.getElementById('tabs');
  bar.replaceChildren(...tabs.map(({ pagePath, text }) => {
    const tab = document.createElement('div');
    tab.textContent = text;
    tab.dataset.tab = pagePath;
    tab.className = pagePath === url ? 'tab tab-on' : 'tab';
    tab.addEventListener('click', () => reopen(pagePath));
    return tab;
  }));
  bar.hidden = !tabs.some(({ pagePath }) => pagePath === url);
  document.getElementById('back').hidden = !below.length;
}

/** Opens a page with none below it. */
function reopen(path) {
  below = [];
  open(path);
}

document.getElementById('back').addEventListener('click', () => open(below.pop()));

const later = (work) => Promise.resolve().then(work);
const go = (kinds) => ({ url }) => later(() => {
  const tab = tabs.some(({ pagePath }) => `/${pagePath}` === url.split('?')[0]);
  if (tab && !kinds.tabs) throw new Error(`${url} is a tab`);
  if (!tab && !kinds.others) throw new Error(`${url} is no tab`);
  if (kinds.above) below.push(shown);
  else below = [];
  open(url);
});

/** What the camera sees, and whether WeChat may use it: a test says so. */
let seen = '';
let refused = false;
let copied = '';
/** What the user answers when a page asks for a message. */
let consent = 'accept';

/** WeChat's dialog with two buttons. */
function showModal({ content, success }) {
  const modal = document.getElementById('modal');
  modal.replaceChildren(content, ...[['cancel', '取消'], ['confirm', '确定']].map(([name, text]) => {
    const button = document.createElement('button');
    button.textContent = text;
    button.dataset.testid = `modal-${name}`;
    // No click: that of the touch that opened the dialog may still come.
    button.addEventListener('touchend', (event) => {
      event.preventDefault();
      modal.hidden = true;
      success({ confirm: name === 'confirm', cancel: name === 'cancel' });
    });
    return button;
  }));
  modal.hidden = false;
}

globalThis.wx = {
  getStorageSync: (key) => JSON.parse(localStorage.getItem(key) ?? '""'),
  setStorageSync: (key, value) => localStorage.setItem(key, JSON.stringify(value)),
  removeStorageSync: (key) => localStorage.removeItem(key),
  getSystemInfoSync: () => ({ language: navigator.language.replace('-', '_') }),
  setNavigationBarTitle: ({ title }) => {
    document.getElementById('bar').textContent = title;
  },
  switchTab: go({ tabs: true }),
  redirectTo: go({ others: true }),
  navigateTo: go({ others: true, above: true }),
  reLaunch: go({ tabs: true, others: true }),
  showToast: ({ title }) => {
    document.getElementById('toast').textContent = title;
  },
  setTabBarItem({ index, text, fail }) {
    if (!tabs.some(({ pagePath }) => pagePath === shown)) return fail({ errMsg: 'setTabBarItem:fail not TabBar page' });
    tabs[index].text = text;
    const tab = document.getElementById('tabs').children[index];
    if (tab) tab.textContent = text;
  },
  showModal,
  setClipboardData: ({ data }) => {
    copied = data;
  },
  scanCode: ({ success, fail }) => later(() => (seen ? success({ result: seen }) : fail({ errMsg: refused ? 'scanCode:fail auth deny' : 'scanCode:fail cancel' }))),
  requestSubscribeMessage: ({ tmplIds, success }) => later(() => success(Object.fromEntries(tmplIds.map((id) => [id, consent])))),
  stopPullDownRefresh() {},
  getRandomValues: ({ length, success }) => later(() => success({ randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer })),
  login: ({ success }) => later(() => success({ code: `a-code-of-wx-login${localStorage.getItem('wechat-user') ?? ''}` })),
  request({ url, method, data, header, success, fail }) {
    fetch(url, { method, headers: header, body: data && method !== 'GET' ? JSON.stringify(data) : undefined, credentials: 'omit' })
      .then(async (answer) => {
        const text = await answer.text();
        let body = text;
        try {
          body = JSON.parse(text);
        } catch {
          // WeChat passes on a body that is no JSON as text.
        }
        success({ statusCode: answer.status, data: body });
      }, (cause) => fail({ errMsg: `request:fail ${cause.message}` }));
  },
};
globalThis.WXWebAssembly = {
  async instantiate(path, imports) {
    const answer = await fetch(`/code${path}`);
    if (!answer.ok) throw new Error(`file not found: ${path}`);
    return WebAssembly.instantiate(await answer.arrayBuffer(), imports);
  },
};
globalThis.App = ({ onLaunch }) => onLaunch?.();

const loaded = {};
function load(path) {
  if (!loaded[path]) {
    const module = { exports: {} };
    loaded[path] = module;
    modules[path](module, module.exports, (name) => load(resolved(name, path)));
  }
  return loaded[path].exports;
}
function resolved(name, from) {
  const parts = name.startsWith('.') ? from.split('/').slice(0, -1).concat(name.split('/')) : ['miniprogram_npm', ...name.split('/')];
  const path = parts.reduce((at, part) => (part === '..' ? at.slice(0, -1) : part === '.' ? at : at.concat(part)), []).join('/');
  const found = [path, `${path}.js`, `${path}/index.js`].find((file) => file.endsWith('.js') && modules[file]);
  if (!found) throw new Error(`no module ${name} from ${from}`);
  return found;
}

const window = new glassEasel.CurrentWindowBackendContext();
// Touches become taps, and typing becomes the input event of a mini-program.
window.onEvent((target, type, detail, options) => {
  const typed = type === 'input' ? { value: options.originalEvent.target.value } : detail;
  return glassEasel.triggerEvent(target, type, typed, options);
});
const backend = env.associateBackend(window);
/** Copies the templates' `data-testid` to where a browser looks for it. */
const mark = () => {
  for (const element of document.querySelectorAll('#page *')) {
    const name = element.__wxElement?.dataset?.testid;
    if (name && element.dataset.testid !== name) element.dataset.testid = name;
  }
};
new MutationObserver(mark).observe(document.getElementById('page'), { childList: true, subtree: true });
/** Sets an input to its page's value, as a mini-program does; a browser would keep what was typed last. */
new MutationObserver((changes) => changes.forEach(({ target }) => {
  if (target.value !== target.getAttribute('value')) target.value = target.getAttribute('value');
})).observe(document.getElementById('page'), { attributes: true, attributeFilter: ['value'], subtree: true });

load('app.js');
for (const path of Object.keys(configs)) space.globalComponentEnv(globalThis, path, () => load(`${path}.js`));
/** What WeChat's picker says when the user chose: names and codes. */
function pick(id, detail) {
  const picker = document.querySelector(`#page [data-testid=${id}]`);
  glassEasel.triggerEvent(picker.__wxElement, 'change', detail);
}
globalThis.device = {
  pick,
  open: reopen, current, shown: () => shown, see: (text) => { seen = text; }, refuse: () => { refused = true; }, copied: () => copied,
  answer: (to) => { consent = to; },
};
open(globalThis.wx.getStorageSync('gongxiang.session') ? tabs[0].pagePath : 'pages/sign-in/index');
