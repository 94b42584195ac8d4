// WeChat's own tools accept the project and the package, offline.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DIST, phone } from './phone.mjs';
import { project, root, tool } from './project.mjs';

const { parse } = createRequire(join(root, 'tools/package.json'))('acorn');
const { pages: PAGES } = JSON.parse(readFileSync(join(root, 'miniprogram/app.json'), 'utf8'));
let made;
let compiled;
/** Runs the compilers' output in a minimal view. */
const inView = (code) => new Function('global', 'window', code)({}, {});
const below = (directory) => readdirSync(directory, { recursive: true }).filter((name) => statSync(join(directory, name)).isFile()).sort();

before(async () => {
  made = await project();
  compiled = await mkdtemp(join(tmpdir(), 'gongxiang-compiled-'));
  execFileSync(process.execPath, [fileURLToPath(new URL('compile.mjs', import.meta.url)), made.directory, compiled], { stdio: 'pipe', timeout: 120_000 });
});
after(async () => {
  await made?.remove();
  if (compiled) await rm(compiled, { recursive: true, force: true });
});

test('构建 npm packs the package as it is, without a warning', () => {
  assert.deepEqual(made.packed, { miniProgramPackNum: 1, otherNpmPackNum: 1, warnList: [] });
  const packed = join(made.directory, 'miniprogram_npm/gongxiang');
  assert.deepEqual(below(packed), below(DIST));
  for (const name of below(DIST)) assert.ok(readFileSync(join(packed, name)).equals(readFileSync(join(DIST, name))), name);
});

test('every page, component, style and script of the project is compiled, scripts to ES5', () => {
  const files = below(compiled);
  const expected = [
    'app.js', 'app.json', 'app.wxss', ...PAGES.flatMap((page) => [`${page}.js`, `${page}.json`, `${page}.wxml`]),
    ...['earnings-preview', 'wallet-card'].flatMap((name) => ['js', 'json', 'wxml', 'wxss'].map((end) => `miniprogram_npm/gongxiang/${name}/index.${end}`)),
    'miniprogram_npm/gongxiang/index.js', 'miniprogram_npm/gongxiang/gongxiang.wasm.br', 'miniprogram_npm/qrcode-generator/index.js',
  ];
  for (const name of expected) assert.ok(files.includes(name), name);
  for (const name of files.filter((file) => file.endsWith('.js'))) parse(readFileSync(join(compiled, name), 'utf8'), { ecmaVersion: 5 });
});

test('the engine still runs on a phone after the compiler made ES5 of it', async () => {
  const { require } = phone('ios', { '/miniprogram_npm/gongxiang': join(compiled, 'miniprogram_npm/gongxiang') });
  const rules = require('gongxiang');
  await rules.init();
  const vector = JSON.parse(readFileSync(join(root, 'tests/vectors/worked-example.json'), 'utf8'));
  const { refused, state } = JSON.parse(JSON.stringify(rules.replay(vector.rules, vector.events)));
  assert.deepEqual({ refused, state }, { refused: vector.refused, state: vector.state });
});

test('wcc compiles every template, and renders its data', () => {
  const { wxmlToJs } = tool('miniprogram-compiler');
  const render = inView(wxmlToJs(made.directory));
  const templates = below(made.directory).filter((name) => name.endsWith('.wxml') && !name.startsWith('node_modules'));
  // Two components, the pages, and what the pages have in common.
  assert.equal(templates.length, 2 + PAGES.length + 1);
  for (const name of templates) assert.equal(typeof render(name), 'function', name);
  const card = JSON.stringify(render('miniprogram_npm/gongxiang/wallet-card/index.wxml')({ failure: 'a fault in words' }));
  assert.match(card, /a fault in words/);
  assert.doesNotMatch(card, /gx-large/);
});

test('wcsc compiles every style', () => {
  const { wxssToJs } = tool('miniprogram-compiler');
  const styles = below(made.directory).filter((name) => name.endsWith('.wxss') && !name.startsWith('node_modules'));
  const code = wxssToJs(made.directory);
  assert.equal(styles.length, 4);
  for (const name of styles) assert.ok(code.includes(name), name);
  // The colours of both schemes, and what is imported.
  for (const part of ['prefers-color-scheme', 'gx-large', 'head-title']) assert.ok(code.includes(part), part);
});

test('control: the compilers refuse invalid templates and styles', () => {
  const { wxmlToJs } = tool('miniprogram-compiler');
  assert.throws(() => wxmlToJs(join(root, 'tests/miniprogram/broken')), /end tag missing|unexpected|error/i);
});
