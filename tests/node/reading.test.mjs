// The widget reads what people type only if it can mean one thing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped, left, parts, percentOf, read } from '../../pkg/widget/reading.mjs';

test('spaces, commas, full-width characters and a currency are understood', () => {
  for (const [typed, value] of [
    ['1000', '1000'], ['12.5', '12.5'], ['12.50', '12.5'], ['0.05', '0.05'], ['.5', '0.5'], ['5.', '5'], ['007', '7'], ['1.000', '1'],
    ['  1000\u00a0', '1000'], ['\u30001000\u3000', '1000'], ['1 000', '1000'], ['1\u202f000\u202f000.5', '1000000.5'], ['１２３．４５', '123.45'],
    ['１，０００', '1000'], ['1,000', '1000'], ['12,345,678.9', '12345678.9'], ['¥1,000', '1000'], ['￥ 1000', '1000'], ['1000元', '1000'],
    ['1000 yuan', '1000'], ['CNY'.padStart(7, '1000'), '1000'], ['999,999,999,999.99', '999999999999.99'], ['0', '0'], ['0.00', '0'],
  ]) assert.deepEqual(read(typed), { value }, typed);
});

test('a text that could mean two things, or none, is refused', () => {
  for (const [typed, trouble] of [
    ['', 'empty'], ['   ', 'empty'], ['元', 'empty'], ['1,00', 'shape'], ['1,5', 'shape'], ['1.000,00', 'shape'], ['1,000,00', 'shape'],
    ['10,00,000', 'shape'], ['1 00', 'shape'], ['12 34', 'shape'], ['1,000 000', 'shape'], ['1.2.3', 'shape'], ['1e3', 'shape'], ['+5', 'shape'],
    ['0x10', 'shape'], ['NaN', 'shape'], ['Infinity', 'shape'], ['一百', 'shape'], ['1万', 'shape'], ['١٢', 'shape'], ['.', 'shape'], [',', 'shape'],
    ['1_000', 'shape'], ["1'000", 'shape'], ['1。5', 'shape'], ['５０％', 'shape'], ['50%', 'shape'], ['1\n2', 'shape'], ['1\u202e2', 'shape'],
    ['$5', 'shape'], ['-5', 'negative'], ['−5', 'negative'], ['－5', 'negative'], ['1.005', 'places'], ['0.001', 'places'],
    ['1000000000000', 'large'], ['9'.repeat(400), 'large'],
  ]) assert.deepEqual(read(typed), { trouble }, typed);
});

test('a percentage is rounded down to the cent', () => {
  for (const [amount, percent, concession] of [
    ['100', '10', '10'], ['99.99', '12.5', '12.49'], ['0.09', '10', '0'], ['999999999999.99', '100', '999999999999.99'], ['1000', '0.05', '0.5'],
  ]) assert.equal(percentOf(amount, percent), concession);
});

test('the remaining points are exact', () => {
  assert.equal(left('100', []), '100');
  assert.equal(left('100', ['100']), '0');
  assert.equal(left('30.00000001', ['1.5', '0', '0.90000001']), '27.6');
  assert.equal(left('1000000000000.00000001', ['0.00000002']), '999999999999.99999999');
});

test('digits are grouped on the text, however many there are', () => {
  assert.deepEqual(parts('1234567.12345678'), ['1,234,567', '.12345678']);
  assert.deepEqual(parts('999'), ['999', '']);
  assert.equal(grouped('(0.15 − 0.1) × consumption 12345678901234.5'), '(0.15 − 0.1) × consumption 12,345,678,901,234.5');
});
