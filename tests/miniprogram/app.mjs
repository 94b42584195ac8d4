// The mini-program as a page for a browser: its templates from WeChat's own compiler, its styles and modules, and the server behind it.
import { readFile, readdir } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { root, tool } from './project.mjs';

const { build } = createRequire(join(root, 'tools/package.json'))('esbuild');
const { TmplGroup } = tool('glass-easel-template-compiler');

async function filesBelow(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !path.startsWith('node_modules'));
}

/** The templates as JavaScript. A warning of the compiler is a failure. */
async function templates(directory, files) {
  const group = new TmplGroup();
  for (const file of files.filter((name) => name.endsWith('.wxml'))) {
    const complaints = group.addTmpl(file.slice(0, -'.wxml'.length), await readFile(join(directory, file), 'utf8'));
    if (complaints.length) throw new Error(`${file}: ${complaints.map((complaint) => complaint.message ?? complaint).join('; ')}`);
  }
  return group.getTmplGenObjectGroups();
}

async function styles(directory, file) {
  const text = await readFile(join(directory, file), 'utf8');
  const parts = await Promise.all(text.split(/@import "([^"]+)";/).map((part, at) => (
    at % 2 ? styles(directory, join(dirname(file), part)) : part)));
  return parts.join('');
}

const FRAME = `
  html { height: 100%; } body { margin: 0; height: 100%; display: flex; flex-direction: column; overflow: hidden; }
  body { font-family: system-ui, "PingFang SC", "WenQuanYi Micro Hei", "Noto Sans CJK SC", sans-serif; }
  /* As in WeChat, a page scrolls between the bar and the tabs, and nothing covers it. */
  #page { flex: 1; overflow-y: auto; }
  wx-view, wx-page, wx-picker { display: block; } wx-text { display: inline; }
  input { border: 0; font: inherit; box-sizing: border-box; outline: none; }
  #bar { text-align: center; font-weight: 600; padding: 10px; }
  #tabs { display: flex; background: var(--card); border-top: 1px solid var(--line); }
  #tabs[hidden] { display: none; }
  .tab { flex: 1; text-align: center; padding: 14px 0; font-size: 12px; color: var(--quiet); } .tab-on { color: var(--brand); }
  button { border: 0; font: inherit; display: block; }
  #back { position: absolute; top: 4px; left: 8px; font-size: 28px; line-height: 32px; padding: 0 12px; } #back[hidden] { display: none; }
  #modal { position: fixed; left: 24px; right: 24px; top: 30%; background: var(--card); border-radius: 12px; padding: 24px; box-shadow: 0 0 0 999px rgba(0,0,0,.5); }
  #modal[hidden] { display: none; } #modal button { width: 100%; margin-top: 12px; padding: 12px; background: none; color: var(--brand); }
  #toast { position: fixed; top: -100px; }
`;

/** @param {string} directory the project, packed or compiled @param {string} server where the settlement server is */
export async function serveApp(directory, server) {
  const files = await filesBelow(directory);
  const json = async (file) => JSON.parse(await readFile(join(directory, file), 'utf8'));
  const app = await json('app.json');
  const components = files.filter((file) => /^miniprogram_npm\/.*\.json$/.test(file)).map((file) => file.slice(0, -'.json'.length));
  const configs = {};
  // Components first: a page finds those that it uses.
  for (const path of [...components, ...app.pages]) {
    const config = await json(`${path}.json`);
    // A path that is no file of the project belongs to a package.
    const used = Object.entries(config.usingComponents ?? {})
      .map(([tag, place]) => [tag, components.includes(`miniprogram_npm/${place}`) ? `/miniprogram_npm/${place}` : place]);
    configs[path] = { ...config, usingComponents: Object.fromEntries(used) };
  }
  const scripts = files.filter((file) => file.endsWith('.js'));
  const modules = await Promise.all(scripts.map(async (file) => (
    `${JSON.stringify(file)}: function (module, exports, require) {${await readFile(join(directory, file), 'utf8')}\n}`)));
  // The framework prefixes each class with its component's scope.
  const scopes = Object.fromEntries(components.map((path, at) => [path, `c${at}`]));
  const scoped = async (path) => (await styles(directory, `${path}.wxss`)).replace(/\.(?=[a-z][\w-]*)/g, `.${scopes[path]}--`);
  const css = await Promise.all([styles(directory, 'app.wxss'), ...components.map(scoped)]);
  const { outputFiles: [device] } = await build({
    entryPoints: [join(root, 'tests/miniprogram/device.mjs')], bundle: true, write: false, format: 'iife', target: 'es2022', logLevel: 'warning',
    nodePaths: [join(root, 'tools/miniprogram/node_modules')],
  });
  const served = {
    '/': ['text/html', `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css"></head>
      <body><div id="bar"></div><div id="back" hidden>‹</div><div id="page"></div><div id="tabs"></div><div id="toast"></div><div id="modal" hidden></div>
      <script src="/app.js"></script><script src="/device.js"></script></body></html>`],
    '/app.css': ['text/css', FRAME + css.join('\n').replace(/\bpage\s*\{/g, 'body{')],
    '/app.js': ['text/javascript', `var APP = { templates: ${await templates(directory, files)}, configs: ${JSON.stringify(configs)}, scopes: ${
      JSON.stringify(scopes)}, tabs: ${
      JSON.stringify(app.tabBar.list)}, modules: {${modules.join(',\n')}} };`],
    '/device.js': ['text/javascript', device.text],
  };
  const house = createServer(async (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, 'http://phone');
    if (pathname.startsWith('/v1/')) {
      const headers = { ...incoming.headers, host: new URL(server).host };
      delete headers.origin;
      delete headers.referer;
      for (const name of Object.keys(headers)) if (name.startsWith('sec-')) delete headers[name];
      const onward = ask(server + incoming.url, { method: incoming.method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      onward.once('error', () => outgoing.destroy());
      incoming.pipe(onward);
      return;
    }
    if (pathname.startsWith('/code/') && files.includes(pathname.slice('/code/'.length))) {
      const bytes = await readFile(join(directory, pathname.slice('/code/'.length)));
      outgoing.writeHead(200, { 'content-type': 'application/octet-stream' }).end(pathname.endsWith('.br') ? brotliDecompressSync(bytes) : bytes);
      return;
    }
    const [type, body] = served[pathname] ?? [];
    outgoing.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type ?? 'text/plain'}; charset=utf-8` }).end(body ?? '');
  });
  await new Promise((resolve) => house.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${house.address().port}`, close: () => new Promise((resolve) => house.close(resolve) && house.closeAllConnections()) };
}
