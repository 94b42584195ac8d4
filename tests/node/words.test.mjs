// Every word stands once. Clients take the words of rules, reasons, codes and roles from the catalogue, which native tests compare with the Rust
// types (tests/wire.rs, server/src/http/problem.rs). A client's own words must belong to something that can happen.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { init, openBook } from '../../pkg/node.mjs';
import * as components from '../../pkg/miniprogram/text.mjs';
import * as widget from '../../pkg/widget/text.mjs';
import { SHOWN, catalogue, selected } from '../../tools/words.mjs';

const root = new URL('../../', import.meta.url);
const app = createRequire(import.meta.url)('../../miniprogram/utils/words.js');
const LANGUAGES = ['en', 'zh'];
const words = Object.fromEntries(await Promise.all(LANGUAGES.map(async (language) => [language, await catalogue(language)])));

/** Every code of a server or of the rules. */
const sent = (language) => ({ ...words[language].codes, ...words[language].failures });

async function sources(...directories) {
  const texts = await Promise.all(directories.map(async (directory) => {
    const files = await readdir(new URL(directory, root), { recursive: true });
    return Promise.all(files.filter((file) => /\.m?js$/.test(file) && !/(text|words|catalogue)\.m?js$|dist\b/.test(file))
      .map((file) => readFile(new URL(`${directory}/${file}`, root), 'utf8')));
  }));
  return texts.flat().join('\n');
}

/** Each client: its own words for codes, and the sources that make its own codes. */
const CLIENTS = {
  widget: { own: (language) => widget.textFor(language).codes, made: ['pkg'] },
  components: { own: (language) => components.wordsOf(language).codes, made: ['pkg'] },
  miniprogram: { own: (language) => app.wordsOf(language).codes, made: ['miniprogram'] },
};

test('the catalogues of both languages have the same keys, each with a word', () => {
  for (const [section, entries] of Object.entries(words.en)) {
    assert.deepEqual(Object.keys(words.zh[section]).sort(), Object.keys(entries).sort(), section);
    for (const language of LANGUAGES) for (const [key, word] of Object.entries(words[language][section])) assert.ok(word.trim(), `${language} ${section}.${key}`);
  }
});

test('a client has no word for a code that nobody sends', async () => {
  for (const [client, { own, made }] of Object.entries(CLIENTS)) {
    const source = await sources(...made);
    for (const language of LANGUAGES) {
      for (const code of Object.keys(own(language))) {
        const can = code === 'other' || Object.hasOwn(sent(language), code) || source.includes(`'${code}'`);
        assert.ok(can, `${client}: nobody sends \`${code}\``);
      }
    }
  }
});

test('a client has its own words in both languages', () => {
  const keys = (value, path = '') => Object.entries(value).flatMap(([key, inner]) => (
    // A client replaces the catalogue's word for a code only where that does not fit.
    key === 'codes' ? [] : typeof inner === 'object' ? keys(inner, `${path}${key}.`) : [`${path}${key}`]));
  for (const of of [widget.textFor, components.wordsOf, app.wordsOf]) assert.deepEqual(keys(of('en')).sort(), keys(of('zh')).sort());
});

test('control: a key that the catalogue does not have is refused', () => {
  assert.throws(() => selected(words.en, { codes: ['too_many_requests'] }), /codes\.too_many_requests/);
});

test('the generated words are the catalogue’s as it is now', async () => {
  for (const [client, file] of [['widget', 'pkg/dist/words.js'], ['components', 'pkg/dist/phone/words.js'], ['miniprogram', 'miniprogram/utils/catalogue.js']]) {
    const text = await readFile(new URL(file, root), 'utf8');
    const generated = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf(';')));
    for (const language of LANGUAGES) assert.deepEqual(generated[language], selected(words[language], SHOWN[client]), `${file}: run \`cargo xtask build package\``);
  }
});

test('the mini-program has a sentence for every code that a server sends', () => {
  for (const language of LANGUAGES) {
    for (const code of Object.keys(sent(language))) assert.notEqual(app.said(language, { code }), code, `${language} ${code}`);
  }
  assert.equal(app.said('en', { code: 'rate_limited' }), 'Too many requests; try again later');
  assert.equal(app.said('zh', { code: 'of_tomorrow' }), 'of_tomorrow');
});

test('the mini-program fills every reason, keeps ids, and passes on a newer server’s reason', () => {
  for (const language of LANGUAGES) {
    for (const [of, template] of Object.entries(words[language].reasons)) {
      const why = { of };
      for (const [, name] of template.matchAll(/\{(\w+)\}/g)) why[name] = `offer-${name}`;
      const text = app.reasonIn(language, { why, reason: 'unused' });
      assert.doesNotMatch(text, /[{}]|undefined/, of);
      for (const name of Object.keys(why).slice(1)) assert.ok(text.includes(`offer-${name}`), text);
    }
  }
  // An id that contains words of the scheme is not translated.
  assert.equal(app.reasonIn('zh', { why: { of: 'refund', order: 'offer:trade.price' } }), '退款 offer:trade.price');
  assert.equal(app.reasonIn('zh', { why: { of: 'luck' }, reason: 'by luck' }), 'by luck');
});

test('widget and components have a template for every reason and a word for every kind of reward that the vectors bring', async () => {
  await init();
  const brought = { reasons: new Set(), rules: new Set() };
  const directory = new URL('tests/vectors/', root);
  for (const file of await readdir(directory)) {
    const { rules, events } = JSON.parse(await readFile(new URL(file, directory), 'utf8'));
    if (!events) continue;
    const book = openBook(rules);
    for (const event of events) {
      try {
        for (const { kind, why } of book.apply(event).rewards ?? []) {
          brought.reasons.add(why.of);
          brought.rules.add(kind);
        }
      } catch (refusal) {
        assert.equal(refusal.name, 'GongxiangError');
      }
    }
    book.free();
  }
  for (const [client, section] of [['widget', 'reasons'], ['components', 'reasons'], ['components', 'rules']]) {
    assert.deepEqual([...SHOWN[client][section]].sort(), [...brought[section]].sort(), `${client} ${section}`);
  }
});

test('the widget shows reasons with grouped numbers, and what is wrong as a sentence', () => {
  const [en, zh] = [widget.textFor('en'), widget.textFor('zh-CN')];
  const reward = { why: { of: 'consumption', rate: '0.4', consumption: '12345.5' }, reason: '' };
  assert.equal(widget.reasonIn(en, reward), '0.4 × buyer’s share value 12,345.5');
  assert.equal(widget.reasonIn(zh, reward), '0.4 × 买家所得共享值 12,345.5');
  assert.equal(widget.refusalIn(en, 'bad_concession'), 'The concession must be above 0 and at most the amount, or what is left of the order\'s.');
  assert.equal(widget.refusalIn(en, 'bad_price'), 'The price must be above 0, so no numbers are shown.');
  assert.equal(widget.refusalIn(zh, 'bad_rules'), '规则集无效，因此不显示数字。');
  assert.equal(widget.refusalIn(en, 'region_taken'), 'This order can’t be placed.');
  assert.deepEqual([widget.roleIn(zh, 'dealer'), widget.roleIn(zh, 'captain'), widget.roleIn(zh, 'toString')], ['店商', 'captain', 'toString']);
});
