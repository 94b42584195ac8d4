// The operator's form of the rules: every value can be changed and is shown as a change, what is wrong is said at its field in both
// languages, and what is adopted is what stood there.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { stage, sticksOut } from './stage.mjs';

const house = stage();

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
}

const difference = (page, key) => page.locator(`[data-testid="difference"][data-key="${key}"]`);
const field = (page, key) => page.locator(`[data-testid="rule-field"][data-key="${key}"]`);

async function opened(options) {
  const house_ = await house.open('#/operator/rules', options);
  await house_.page.getByTestId('rule-group').first().waitFor();
  for (const group of await house_.page.locator('details.rule-group > summary').all()) await group.click();
  return house_;
}

/** Another value of a field, and a way back to its own. */
async function changed(input) {
  const [type, tag] = await input.evaluate((element) => [element.type, element.tagName]);
  if (tag === 'SELECT') {
    const [own, values] = await input.evaluate((element) => [element.value, [...element.options].map(({ value }) => value)]);
    await input.selectOption(values.find((value) => value !== own));
    return () => input.selectOption(own);
  }
  if (type === 'checkbox') {
    await input.click();
    return () => input.click();
  }
  const own = await input.inputValue();
  await input.fill(/^[0-9.]+$/.test(own) ? `${own}${own.includes('.') ? '1' : '0'}` : `${own}x`);
  return () => input.fill(own);
}

test('every value has a field with its name and unit, and a change of it is shown and taken back', async () => {
  const { page, complaints, close } = await opened();
  const keys = await page.getByTestId('rule-field').evaluateAll((all) => all.map(({ dataset }) => dataset.key));
  assert.ok(keys.length > 40, `${keys.length} fields`);
  for (const key of keys) {
    const here = field(page, key);
    assert.notEqual((await here.locator('label').innerText()).trim(), '', key);
    assert.notEqual((await here.locator('.hint').innerText()).trim(), '', key);
    const back = await changed(here.locator('input, select'));
    // A value that the rules refuse is said at its field instead.
    await difference(page, key).or(page.getByTestId('unsound')).first().waitFor();
    await back();
    await page.getByTestId('no-difference').waitFor();
  }
  assert.ok(await page.getByTestId('preview').isDisabled());
  assert.deepEqual(complaints, []);
  await close();
});

test('what is wrong is said at its field, in the language of the screen, and cannot be sent', async () => {
  for (const [locale, words] of [['en-US', /Enter: points, above 0/], ['zh-CN', /应填：积分，大于 0/]]) {
    const { page, close } = await opened({ locale });
    await page.getByTestId('rule-release-daily').fill('none');
    await page.getByTestId('unsound').waitFor();
    assert.match(await field(page, 'release.daily').locator('.error').innerText(), words);
    assert.equal(await page.getByTestId('rule-release-daily').getAttribute('aria-invalid'), 'true');
    assert.ok(await page.getByTestId('preview').isDisabled());
    await page.getByTestId('rule-release-daily').fill('９００');
    await difference(page, 'release.daily').waitFor();
    assert.match(await difference(page, 'release.daily').innerText(), /888\s+900/);
    await page.getByTestId('rule-share-offline_points_rate').fill('0.9');
    await page.getByTestId('unsound').filter({ hasText: locale === 'zh-CN' ? '合计不能超过 1' : 'more than 1' }).waitFor();
    await page.getByTestId('rule-share-offline_points_rate').fill('0.05');
    assert.deepEqual(await sticksOut(page), []);
    await picture(page, `rules-form-${locale}`);
    await close();
  }
});

test('a role that goes and a pack that comes are written as text, and shown', async () => {
  const { page, complaints, close } = await opened();
  const rules = await house.get('/v1/rules');
  const text = page.getByTestId('changes');
  await text.fill('{ nonsense');
  await text.blur();
  await page.getByTestId('unreadable').filter({ hasText: /./ }).waitFor();
  const packs = { ...rules.packs, gold: { price: '999', share_value_rate: '1' } };
  await text.fill(JSON.stringify({ packs }));
  await text.blur();
  await difference(page, 'packs.gold.price').waitFor();
  await field(page, 'packs.gold.price').locator('input').fill('888');
  await difference(page, 'packs.gold.price').filter({ hasText: '888' }).waitFor();
  const roles = rules.service.roles.slice(0, -1);
  await text.fill(JSON.stringify({ service: { ...rules.service, roles } }));
  await text.blur();
  await difference(page, 'service.roles').waitFor();
  assert.equal(await field(page, `service.roles.${roles.length}.name`).count(), 0);
  await text.fill('{"supply": {"cap": "1"}}');
  await text.blur();
  await page.getByTestId('unsound').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
