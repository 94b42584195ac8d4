// A merchant applies with the wallet, the operator decides at the desk, and the shop opens when nothing is missing.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { confirm, get, hashOf, operatorAtDesk, phone, staffLink } from './desk.mjs';
import { go, sticksOut, stage } from './stage.mjs';

const house = stage({ isClosed: true, environment: { GONGXIANG_SHOP_APPROVAL: 'true' } });

const GIVEN = { shop_name: '天河小店', address: '天河路 1 号', contact: '王芳', phone: '13800138000', licence: '91350100M000100Y43' };

/** A member on its phone, where its shop is to be. */
async function merchant(id, options) {
  await house.operate('/v1/members', { member: id });
  const { enrolment } = await house.operate(`/v1/members/${id}/enrolments`, {});
  const opened = await phone(house, `#/enrol/${enrolment}`, options);
  await opened.page.getByTestId('enrol-passkey').click();
  await opened.page.getByTestId('home').waitFor();
  await go(opened.page, `#/shop/${id}`);
  await opened.page.getByTestId('application-form').waitFor();
  return opened;
}

/** Fills the form and sends it. */
async function apply(page, fields) {
  const form = page.getByTestId('application-form');
  for (const [name, typed] of Object.entries(fields)) await form.getByTestId(name).fill(typed);
  await form.getByTestId('category').selectOption('food');
  await form.getByTestId('regions').click();
  await form.getByTestId('region-province').selectOption('440000');
  await form.getByTestId('region-city').selectOption('440100');
  await form.getByTestId('region-district').selectOption('440106');
  assert.equal(await form.getByTestId('region').inputValue(), '440106');
  await form.getByTestId('apply').click();
}

const state = (page, named) => page.locator(`[data-testid=application][data-state=${named}]`);

async function look(page, name) {
  await page.waitForFunction(() => !document.querySelector('[data-testid="loading"]'));
  assert.deepEqual(await sticksOut(page), [], name);
  if (!process.env.SCREENSHOTS) return;
  await mkdir(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** The desk's list, as it is now. */
async function applications({ page }, from = '#/operator') {
  await go(page, from);
  await page.reload();
  await page.getByTestId('to-applications').click();
  await page.getByTestId('state-waiting').waitFor();
}

test('an application is sent, changed, read at the desk and approved; the shop opens once nothing is missing', async () => {
  const wang = await merchant('wang', { locale: 'zh-CN' });
  const li = await operatorAtDesk(house, 'Li Na');
  const { page } = wang;
  await look(page, 'applying-zh');
  assert.equal(await page.getByTestId('region').count(), 1, 'there is no way round the application');
  assert.ok(await page.getByTestId('apply').isDisabled());

  await apply(page, { ...GIVEN, licence: '91350100M000100Y44' });
  await page.getByTestId('licence-error').filter({ hasText: '统一社会信用代码有误' }).waitFor();
  await page.getByTestId('licence').fill(GIVEN.licence);
  await page.getByTestId('phone').fill('12');
  await page.getByTestId('apply').click();
  await page.getByTestId('phone-error').filter({ hasText: '11 位手机号' }).waitFor();
  assert.equal(await page.getByTestId('shop_name').inputValue(), GIVEN.shop_name, 'what was typed stays');
  await page.getByTestId('phone').fill(GIVEN.phone);
  await page.getByTestId('apply').click();
  await state(page, 'waiting').waitFor();
  const missing = () => page.getByTestId('missing').evaluateAll((all) => all.map((line) => line.dataset.missing));
  assert.deepEqual(await missing(), ['approval', 'pack', 'deposit']);
  await look(page, 'application-zh');

  await applications(li);
  const card = li.page.getByTestId('application');
  await card.filter({ hasText: '天河小店' }).waitFor();
  // The applicant changes it while the operator reads.
  await page.getByTestId('change-application').click();
  assert.equal(await page.getByTestId('licence').inputValue(), GIVEN.licence);
  await page.getByTestId('contact').fill('王大芳');
  await page.getByTestId('apply').click();
  await page.waitForFunction(async () => (
    await (await fetch('/v1/members/wang/applications')).json()).applications[0].contact === '王大芳');
  await card.getByTestId('approve-application').click();
  await li.page.getByTestId('application-error').filter({ hasText: 'has just changed it' }).waitFor();
  await card.filter({ hasText: '王大芳' }).waitFor();
  await look(li.page, 'applications-en');
  await card.getByTestId('approve-application').click();
  await li.page.getByTestId('no-applications').waitFor();
  await li.page.getByTestId('state-approved').click();
  await state(li.page, 'approved').waitFor();

  await page.reload();
  await state(page, 'approved').waitFor();
  assert.deepEqual(await missing(), ['pack', 'deposit']);
  assert.equal(await page.getByTestId('application-form').count(), 0);
  await house.operate('/v1/members/wang/packs', { pack: 'merchant' });
  await house.operate('/v1/treasury/grants', { member: 'wang', points: '2000' });
  for (let tried = 0; !(await get(page, '/v1/members/wang')).account.shop; tried += 1) {
    assert.ok(tried < 120, 'the server opens the shop by itself');
    await page.waitForTimeout(500);
  }
  await page.reload();
  await page.getByTestId('till').waitFor();
  await li.page.getByTestId('state-opened').click();
  await state(li.page, 'opened').filter({ hasText: '天河小店' }).waitFor();
  assert.deepEqual([...wang.complaints.filter((text) => !/status of 422/.test(text)), ...li.complaints.filter((text) => !/409/.test(text))], []);
  await wang.close();
  await li.close();
});

test('a declined applicant reads why and applies again, or takes an application back', async () => {
  const ann = await merchant('ann');
  const li = await operatorAtDesk(house, '李娜', { locale: 'zh-CN' });
  await apply(ann.page, { ...GIVEN, shop_name: 'Corner shop' });
  await state(ann.page, 'waiting').waitFor();
  await applications(li, '#/operator/members');
  const card = li.page.getByTestId('application').filter({ hasText: 'Corner shop' });
  await card.getByTestId('decline-application').click();
  assert.ok(await card.getByTestId('decline-now').isDisabled(), 'a reason is needed');
  await card.getByTestId('decline-reason').fill('请补充营业执照');
  await look(li.page, 'declining-zh');
  await card.getByTestId('decline-now').click();
  await li.page.getByTestId('no-applications').waitFor();
  await li.page.getByTestId('state-declined').click();
  await state(li.page, 'declined').filter({ hasText: '请补充营业执照' }).waitFor();

  await ann.page.reload();
  await ann.page.getByTestId('application-reason').filter({ hasText: '请补充营业执照' }).waitFor();
  await look(ann.page, 'declined-en');
  assert.equal(await ann.page.getByTestId('licence').inputValue(), GIVEN.licence, 'what was said before need not be typed again');
  await apply(ann.page, { ...GIVEN, shop_name: 'Corner shop' });
  await state(ann.page, 'waiting').waitFor();
  await ann.page.getByTestId('withdraw-application').click();
  assert.equal((await get(ann.page, '/v1/members/ann/applications')).applications[0].state, 'waiting', 'the first tap asks');
  await ann.page.getByTestId('withdraw-application').click();
  await ann.page.getByTestId('application-form').waitFor();
  await state(ann.page, 'waiting').waitFor({ state: 'detached' });
  assert.equal((await get(ann.page, '/v1/members/ann/applications')).applications[0].state, 'withdrawn');
  await ann.close();
  await li.close();
});

test('clerks read applications and decide none, and the list is a table', async () => {
  const clerk = await phone(house, hashOf(await staffLink(house, '小赵', 'clerk')), { acceptDownloads: true });
  const { page } = clerk;
  await page.getByTestId('enrol').click();
  await page.getByTestId('to-applications').click();
  await page.getByTestId('state-opened').click();
  await state(page, 'opened').waitFor();
  assert.equal(await page.getByTestId('approve-application').count(), 0);
  await page.getByTestId('state-waiting').click();
  await page.getByTestId('no-applications').waitFor();
  await page.getByTestId('state-opened').click();
  await state(page, 'opened').waitFor();
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByTestId('csv').click()]);
  assert.equal(saved.suggestedFilename(), 'gongxiang-applications.csv');
  const rows = (await readFile(await saved.path(), 'utf8')).trim().split('\r\n');
  assert.ok(rows[0].startsWith('application,member,region,'), rows[0]);
  assert.equal(rows.length, 4, 'three applications below the head');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const copy = page.getByTestId('application').getByTestId('id').first();
  await copy.click();
  await page.locator('[data-testid="id"][data-copied="true"]').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await copy.getAttribute('title'));
  await clerk.close();
});

test('the list of members is one table, whatever its length', async () => {
  const more = Array.from({ length: 700 }, (_, at) => ({ type: 'member.registered', member: `z${String(at).padStart(4, '0')}` }));
  for (let at = 0; at < more.length; at += 100) await house.operate('/v1/events', more.slice(at, at + 100));
  const li = await operatorAtDesk(house, 'Chen', { acceptDownloads: true });
  await go(li.page, '#/operator/members');
  const [saved] = await Promise.all([li.page.waitForEvent('download'), li.page.getByTestId('csv').click()]);
  const rows = (await readFile(await saved.path(), 'utf8')).trim().split('\r\n');
  const ids = rows.slice(1).map((row) => row.split(',')[0]);
  assert.deepEqual(ids, [...new Set(ids)].toSorted());
  assert.equal(ids.filter((id) => /^z\d{4}$/.test(id)).length, 700);
  assert.equal(rows.filter((row) => row === rows[0]).length, 1, 'one head');
  const saves = async (hash) => {
    await go(li.page, hash);
    const [file] = await Promise.all([li.page.waitForEvent('download'), li.page.getByTestId('csv').click()]);
    return { name: file.suggestedFilename(), rows: (await readFile(await file.path(), 'utf8')).trim().split('\r\n') };
  };
  await go(li.page, '#/operator');
  await li.page.getByTestId('close-day').click();
  await confirm(li.page);
  const reports = await saves('#/operator');
  assert.equal(reports.name, 'gongxiang-reports.csv');
  assert.equal(reports.rows.length, 2, 'the day that was closed, below the head');
  const actions = await saves('#/operator/actions');
  assert.equal(actions.name, 'gongxiang-actions.csv');
  assert.ok(actions.rows.length > 5, 'what was done');
  await li.close();
});
