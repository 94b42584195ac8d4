// The engine on a phone starts once, says why it cannot start, and survives bad input. Controls: what is not made for phones fails there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { DIST, PROFILES, phone } from './phone.mjs';
import { root } from './project.mjs';

const BINARY = '/miniprogram_npm/gongxiang/gongxiang.wasm.br';
const binary = () => brotliDecompressSync(readFileSync(join(DIST, 'gongxiang.wasm.br')));
const code = (expected) => (error) => error.name === 'GongxiangError' && error.code === expected;
const member = { type: 'member.registered', member: 'ann' };

test('the rules start once on every phone, however often `init` is called', async () => {
  for (const profile of Object.keys(PROFILES)) {
    let starts = 0;
    const { require, context } = phone(profile);
    const { instantiate } = context.WXWebAssembly;
    context.WXWebAssembly.instantiate = (...given) => {
      starts += 1;
      return instantiate(...given);
    };
    const rules = require('gongxiang');
    assert.throws(() => rules.version(), code('not_initialised'));
    assert.throws(() => rules.openBook('seed'), code('not_initialised'));
    assert.throws(() => rules.balance({}, []), code('not_initialised'));
    await Promise.all([rules.init(), rules.init(), rules.init()]);
    await rules.init();
    assert.equal(starts, 1, profile);
    assert.match(rules.version(), /^\d+\.\d+\.\d+$/);
    const book = rules.openBook('seed');
    book.apply(member);
    assert.equal(book.account('ann').locked, '200');
    book.free();
  }
});

test('a package in a sub-package says where its binary is', async () => {
  const { require } = phone('ios', { '/shop/miniprogram_npm/gongxiang': DIST });
  const rules = require('/shop/miniprogram_npm/gongxiang/index');
  await assert.rejects(rules.init(), code('not_loaded'));
  await rules.init({ path: '/shop/miniprogram_npm/gongxiang/gongxiang.wasm.br' });
  assert.ok(rules.openBook('seed'));
});

test('a wrong path, a truncated binary and an old base library are reported, and the next start works', async () => {
  const truncated = brotliCompressSync(binary().subarray(0, 70_000));
  for (const [path, bytes] of [['/nowhere.wasm.br', undefined], ['/short.wasm.br', truncated], ['/empty.wasm', []], [BINARY, [1, 2, 3]]]) {
    const { require, put } = phone('android');
    if (bytes) put(path, bytes);
    const rules = require('gongxiang');
    await assert.rejects(rules.init({ path }), code('not_loaded'), path);
    await assert.rejects(rules.init({ path: 7 }), code('not_loaded'));
    assert.throws(() => rules.version(), code('not_initialised'));
    put(BINARY, readFileSync(join(DIST, 'gongxiang.wasm.br')));
    await rules.init();
    assert.ok(rules.openBook('seed'));
  }
  const { require } = phone({ answer: 'both', webAssembly: false });
  await assert.rejects(require('gongxiang').init(), (error) => code('not_loaded')(error) && /2\.14\.0/.test(error.message));
});

test('texts go in and come out as they are, and half a character becomes the replacement character', async () => {
  for (const profile of Object.keys(PROFILES)) {
    const { require } = phone(profile);
    const rules = require('gongxiang');
    await rules.init();
    const book = rules.openBook('seed');
    // A key that is not known is named in the answer.
    const echoed = (text) => {
      try {
        book.apply({ ...member, [text]: '1' });
      } catch (error) {
        assert.equal(error.code, 'bad_event');
        return error.field;
      }
      return assert.fail(text);
    };
    for (const text of ['ä', '共享购', '𠮷野家', '👍🏽', 'aß共𠮷'.repeat(100)]) assert.equal(echoed(text), text);
    assert.equal(echoed('a\ud800b'), 'a\ufffdb');
    assert.equal(echoed('\udc00'), '\ufffd');
    assert.equal(echoed('共'.repeat(340)), '共'.repeat(340));
  }
});

test('hostile values are refused by code, and the next call works', async () => {
  for (const profile of Object.keys(PROFILES)) {
    const { require } = phone(profile);
    const rules = require('gongxiang');
    await rules.init();
    const book = rules.openBook('seed');
    const cyclic = { ...member };
    cyclic.self = cyclic;
    const before = JSON.stringify(book.state());
    for (const bad of [
      undefined, null, 7, 'x'.repeat(3_000_000), { ...member, extra: '共'.repeat(1_000_000) }, { ...member, member: '\ud800' }, cyclic,
      { ...member, list: new Array(100_000).fill(1) }, { ...member, ['k'.repeat(3_000_000)]: 1 }, [], () => 1,
    ]) {
      assert.throws(() => book.apply(bad), code('bad_event'));
      assert.equal(JSON.stringify(book.state()), before);
    }
    for (const bad of [undefined, {}, { rules: rules.preset('seed') }, { rules: {} }, 'x'.repeat(3_000_000), 7]) {
      assert.throws(() => rules.openExcerpt(bad), (error) => ['bad_snapshot', 'bad_rules'].includes(error.code));
    }
    for (const [account, days] of [[{}, []], [null, []], [7, 7], [{ holding: 1 }, []], [{ points: 'x'.repeat(3_000_000) }, []]]) {
      assert.throws(() => rules.balance(account, days), code('bad_snapshot'));
    }
    book.apply(member);
    assert.equal(book.account('ann').locked, '200');
  }
});

test('memory may grow while a value is read, on every phone', async () => {
  for (const profile of Object.keys(PROFILES)) {
    const { require, context, run } = phone(profile);
    context.rules = require('gongxiang');
    await context.rules.init();
    // Many members make the memory grow many times, between reading the events and writing the answer.
    const answer = run(`rules.replay('seed', Array.from({ length: 20000 }, (_, i) => ({ type: 'member.registered', member: 'm' + i })))`);
    assert.equal(Object.keys(answer.state.accounts).length, 20_000, profile);
    assert.equal(answer.state.accounts.m19999.locked, '200', profile);
    assert.equal(answer.refused.length, 0);
  }
});

/** The package's glue with another loader and another platform. */
async function otherEngine(inject, path) {
  const { build } = createRequire(join(root, 'tools/package.json'))('esbuild');
  const { outputFiles: [{ text }] } = await build({
    entryPoints: [join(root, 'pkg/dist/phone/phone_bg.js')], bundle: true, write: false, format: 'cjs', target: 'es2015', inject,
  });
  return [`${path}.js`, Buffer.from(text)];
}

async function startOther(profile, inject) {
  const { require, put, context } = phone(profile);
  put(...await otherEngine(inject, '/other'));
  const glue = require('/other');
  const answer = await context.WXWebAssembly.instantiate(BINARY, { './phone_bg.js': glue });
  glue.__wbg_set_wasm((answer.instance ?? answer).exports);
  return { glue, context };
}

test('control: stock glue does not even load on a phone', async () => {
  await assert.rejects(startOther('android', []), /TextDecoder is not defined/);
});

test('control: glue that waits for detaching fails where memory does not detach', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gongxiang-control-'));
  const { writeFileSync } = await import('node:fs');
  const codec = join(directory, 'codec.mjs');
  writeFileSync(codec, `export { TextEncoder, TextDecoder } from ${JSON.stringify(join(root, 'pkg/miniprogram/platform.mjs'))};`);
  const work = async (profile) => {
    const { glue } = await startOther(profile, [codec]);
    const events = Array.from({ length: 20_000 }, (_, i) => ({ type: 'member.registered', member: `m${i}` }));
    const { preset } = await import('../../pkg/node.mjs');
    return Object.keys(glue.replay(preset('seed'), events).state.accounts).length;
  };
  assert.equal(await work('android'), 20_000);
  const outcome = await work('non-detaching').catch((error) => error);
  assert.notEqual(outcome, 20_000);
  rmSync(directory, { recursive: true });
});

test('control: a binary with the features of a default build, or with a Global, does not load', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gongxiang-control-'));
  const opt = (name, ...flags) => {
    const out = join(directory, name);
    execFileSync(process.execPath, [
      join(root, 'tools/node_modules/binaryen/bin/wasm-opt'), join(root, 'pkg/dist/phone/phone_bg.wasm'), ...flags, '-o', out,
    ]);
    return readFileSync(out);
  };
  // The features of rustc's default target for wasm32.
  const modern = opt('modern.wasm', '--enable-sign-ext', '--enable-bulk-memory', '--enable-nontrapping-float-to-int', '--enable-multivalue',
    '--enable-mutable-globals', '-O2');
  // A Global that is exported, as wasm-bindgen's two: (export "g" (global 0)) is one entry more in the section of exports.
  const withGlobal = addExportedGlobal(binary());
  assert.ok(WebAssembly.validate(modern) && WebAssembly.validate(withGlobal), 'this machine takes both');
  for (const [profile, bytes] of [['android', modern], ['ios', modern], ['ios', withGlobal]]) {
    const { require, put } = phone(profile);
    put('/other.wasm', bytes);
    await assert.rejects(require('gongxiang').init({ path: '/other.wasm' }), code('not_loaded'));
  }
  rmSync(directory, { recursive: true });
});

/** The module with its first Global exported. */
function addExportedGlobal(bytes) {
  const out = [...bytes.subarray(0, 8)];
  const read = (at) => {
    let value = 0;
    for (let shift = 0; ; at += 1, shift += 7) {
      value += (bytes[at] & 0x7f) * 2 ** shift;
      if (bytes[at] < 0x80) return [value, at + 1];
    }
  };
  const number = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >> 7)]);
  for (let at = 8; at < bytes.length;) {
    const [size, start] = read(at + 1);
    if (bytes[at] === 7) {
      const [count, first] = read(start);
      const section = [...number(count + 1), ...bytes.subarray(first, start + size), 1, 0x67, 3, 0];
      out.push(7, ...number(section.length), ...section);
    } else {
      for (let i = at; i < start + size; i += 1) out.push(bytes[i]);
    }
    at = start + size;
  }
  return Uint8Array.from(out);
}
