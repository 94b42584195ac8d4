// Staff on a closed server: the command line makes an operator's link, the operator makes a passkey with it and works on the desk, and
// a clerk whom the operator adds there is offered less, and refused the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, confirm, hashOf, operatorLink, phone } from './desk.mjs';
import { go, stage } from './stage.mjs';

const house = stage({ isClosed: true });

test('an operator opens the desk by a link and a passkey, and a clerk is offered only its own work', async () => {
  const operator = await phone(house, hashOf(await operatorLink(house, '王芳')));
  await operator.page.getByTestId('enrol').click();
  const bar = operator.page.getByTestId('staff');
  await bar.waitFor();
  assert.equal(await bar.getAttribute('data-role'), 'operator');
  assert.match(await bar.innerText(), /王芳/);

  await operator.page.getByTestId('new-price').fill('1.01');
  await operator.page.getByTestId('preview').click();
  await confirm(operator.page);
  await operator.page.getByTestId('close-day').click();
  await confirm(operator.page);

  await go(operator.page, '#/operator/staff');
  await operator.page.getByTestId('staff-name').fill('Li Na');
  await operator.page.getByTestId('staff-role').selectOption('clerk');
  await operator.page.getByTestId('staff-add').click();
  const link = await operator.page.getByTestId('staff-link').inputValue();
  await operator.page.getByTestId('qr').waitFor();

  const clerk = await phone(house, hashOf(link));
  await clerk.page.getByTestId('enrol').click();
  await clerk.page.getByTestId('find-member').waitFor();
  assert.equal(await clerk.page.getByTestId('staff').getAttribute('data-role'), 'clerk');
  assert.equal(await clerk.page.getByTestId('operator').count(), 0, 'no treasury');
  assert.equal(await clerk.page.getByTestId('new-price').count(), 0, 'no form for the price');
  assert.equal(await clerk.page.getByTestId('close-day').count(), 0, 'no close of the day');
  const refused = await command(clerk.page, '/v1/prices', { price: '2' });
  assert.deepEqual([refused.status, refused.code, refused.field], [403, 'needs_role', 'role']);
  assert.equal((await command(clerk.page, '/v1/members', {})).status, 200, 'a clerk registers members');
  await go(clerk.page, '#/operator/staff');
  await clerk.page.getByTestId('not-allowed').waitFor();

  // The same passkey signs in again.
  await clerk.page.getByTestId('sign-out').click();
  await clerk.page.getByTestId('passkey').click();
  await clerk.page.getByTestId('staff').waitFor();

  await go(operator.page, '#/operator/actions');
  const lines = operator.page.getByTestId('action');
  await lines.first().waitFor();
  const done = await lines.evaluateAll((all) => all.map((line) => [line.dataset.what, line.querySelector('.foot').innerText]));
  const expected = ['member.registered', 'code.made', 'staff.added', 'day.closed', 'price.set', 'code.made', 'staff.added'];
  assert.deepEqual(done.slice(0, expected.length).map(([what]) => what), expected);
  assert.match(done[0][1], /Li Na/);
  assert.match(done[4][1], /王芳/);

  await go(operator.page, '#/operator/staff');
  const row = operator.page.locator('[data-testid="staff-row"][data-name="Li Na"]');
  await row.getByTestId('end').click();
  await row.getByTestId('end-now').click();
  await row.locator('.tag.off').waitFor();
  assert.equal((await command(clerk.page, '/v1/members', {})).status, 401, 'who is ended is out at once');
  assert.deepEqual(operator.complaints, []);
  await operator.close();
  await clerk.close();
});
