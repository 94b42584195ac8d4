// The mini-program's files are small, old enough for every phone, and have the package's binary.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { DIST } from './phone.mjs';
import { root } from './project.mjs';

const { parse } = createRequire(join(root, 'tools/package.json'))('acorn');
const files = readdirSync(DIST, { recursive: true }).filter((name) => statSync(join(DIST, name)).isFile());
const text = (name) => readFileSync(join(DIST, name), 'utf8');

test('every script is ES2015, and uses nothing that a phone lacks', () => {
  const scripts = files.filter((name) => name.endsWith('.js'));
  assert.deepEqual(scripts.sort(), ['earnings-preview/index.js', 'figures.js', 'index.js', 'text.js', 'wallet-card/index.js']);
  for (const name of scripts) {
    parse(text(name), { ecmaVersion: 2015, sourceType: 'script' });
    assert.doesNotMatch(text(name), /\b(BigInt|TextEncoder|TextDecoder|structuredClone|globalThis|fetch|import\.meta|eval|process)\b/, name);
  }
});

test('the binary is the one of the package, compressed', () => {
  const binary = readFileSync(join(root, 'pkg/dist/phone/phone_bg.wasm'));
  assert.ok(brotliDecompressSync(readFileSync(join(DIST, 'gongxiang.wasm.br'))).equals(binary));
  const module = new WebAssembly.Module(binary);
  const kinds = new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind));
  assert.deepEqual([...kinds].sort(), ['function', 'memory']);
});

test('no function has more than three names', async () => {
  const binary = readFileSync(join(root, 'pkg/dist/phone/phone_bg.wasm'));
  const module = new WebAssembly.Module(binary);
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const names = new Map();
  for (const value of Object.values((await WebAssembly.instantiate(module, imports)).exports)) names.set(value, (names.get(value) ?? 0) + 1);
  assert.ok(Math.max(...names.values()) <= 3);
});

test('every class that a component uses is in its look, and every class that a page uses in the app’s', () => {
  const used = (wxml) => [...wxml.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names.match(/[a-z][a-z-]*[a-z]/g) ?? []);
  const has = (css, name) => new RegExp(`\\.${name}(?![\\w-])`).test(css);
  const look = text('look.wxss');
  for (const name of ['earnings-preview', 'wallet-card'].flatMap((component) => used(text(`${component}/index.wxml`)))) assert.ok(has(look, name), name);
  const app = readFileSync(join(root, 'miniprogram/app.wxss'), 'utf8');
  const pages = join(root, 'miniprogram/pages');
  const templates = [...readdirSync(pages).map((page) => join(pages, page, 'index.wxml')), join(root, 'miniprogram/parts/head.wxml')];
  // Words of the conditions in a class.
  const conditions = ['side', 'channel', 'item', 'gets', 'buy', 'sell', 'online', 'offline', 'field', 'amount', 'preset', 'kind', 'percent', 'yuan'];
  for (const file of templates) {
    for (const name of used(readFileSync(file, 'utf8'))) {
      if (!conditions.includes(name)) assert.ok(has(app, name), `${file}: ${name}`);
    }
  }
});
