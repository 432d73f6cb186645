import { ADMIN } from '../support/api';
import { Complaints } from '../support/console';
import { expect, test } from '../support/fixtures';
import { Gate } from '../support/pages/gate';
import { Shell } from '../support/pages/shell';
import { allParts, hold, partsAskedFor, programDrawn, saveData } from '../support/parts';
import { settled } from '../support/settled';

test('one signs in before the program is there, and lands where one wanted to go', async ({ page, admin }) => {
  await admin.get('/session');
  const program = await hold(page, '**/*.wasm');
  await page.goto('/processos', { waitUntil: 'commit' });
  const gate = new Gate(page);
  await expect(gate.email).toBeFocused();

  await gate.enter.click();
  await expect(gate.email, 'both fields are wanted').toHaveAttribute('aria-invalid', 'true');
  await expect(gate.password).toHaveAttribute('aria-invalid', 'true');
  await gate.email.fill(ADMIN.email);
  await gate.enter.click();
  await expect(gate.password, 'the first that is refused').toBeFocused();
  await gate.signIn(ADMIN.email, 'not the password');
  await expect(gate.alert).toContainText('E-mail ou senha não conferem.');
  await expect(gate.email).not.toHaveAttribute('aria-invalid', 'true');

  await gate.signIn(ADMIN.email, ADMIN.password);
  await expect(page.getByText('Carregando…')).toBeVisible();
  program.release();
  await expect(new Shell(page).heading('Processos')).toBeVisible();
  await expect(gate.enter).toHaveCount(0);
});

test('the program arrives while somebody is being signed in', async ({ page, admin }) => {
  await admin.get('/session');
  const program = await hold(page, '**/*_bg.wasm');
  await page.goto('/processos', { waitUntil: 'commit' });
  const gate = new Gate(page);
  await expect(gate.email).toBeFocused();
  const answer = await hold(page, '**/api/v1/session');
  await gate.signIn(ADMIN.email, ADMIN.password);
  program.release();
  await programDrawn(page);
  await expect(gate.enter, 'still asked').toHaveAttribute('aria-busy', 'true');
  answer.release();
  await expect(new Shell(page).heading('Processos')).toBeVisible();
  await expect(gate.enter).toHaveCount(0);
});

test('what is typed while the program arrives stays, with the cursor', async ({ page, admin }) => {
  await admin.get('/session');
  const program = await hold(page, '**/*_bg.wasm');
  await page.goto('/', { waitUntil: 'commit' });
  const gate = new Gate(page);
  await gate.password.fill('half a pass');
  await gate.email.fill('maria@');
  program.release();
  await programDrawn(page);
  await page.keyboard.type('example.com');
  await expect(gate.email).toHaveValue('maria@example.com');
  await expect(gate.password).toHaveValue('half a pass');
  await expect(gate.enter, 'one form').toHaveCount(1);
});

test('the sign-in form speaks both languages and keeps the choice', async ({ page, admin }) => {
  await admin.get('/session');
  await page.goto('/');
  const gate = new Gate(page);
  await gate.signIn(ADMIN.email, 'not the password');
  await expect(gate.alert).toContainText('E-mail ou senha não conferem.');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(gate.alert).toContainText('The e-mail or the password is not right.');
  await expect(page.getByLabel('E-mail')).toHaveValue(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
});

test('the language stays when the browser keeps nothing', async ({ page, admin }) => {
  await admin.get('/session');
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    });
  });
  await page.goto('/');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
});

test('a part that does not come says so, and comes at the next try', async ({ page, admin }) => {
  const pattern = '**/operators-*.wasm';
  await page.route(pattern, (route) => route.abort());
  const shell = await Shell.open(page, admin, '/operadoras');
  await expect(shell.main.getByRole('alert')).toContainText('Esta tela não chegou');
  await shell.link('Clientes').click();
  await expect(shell.heading('Clientes'), 'the rest of the page lives').toBeVisible();
  await shell.link('Operadoras').click();
  await expect(shell.main.getByRole('alert')).toContainText('Confira a conexão');
  await page.unroute(pattern);
  await shell.button('Tentar de novo').click();
  await expect(shell.heading('Operadoras')).toBeVisible();
  await expect(shell.main.getByRole('alert')).toHaveCount(0);
});

test('a part that the server no longer has reloads the page, once', async ({ page, admin }) => {
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  const pattern = '**/operators-*.wasm';
  await page.route(pattern, (route) => route.fulfill({ status: 404, body: 'not found' }));
  const shell = await Shell.open(page, admin, '/operadoras');
  await expect(shell.main.getByRole('alert')).toContainText('A Esteira foi atualizada');
  expect(loads, 'opened, and reloaded once').toBe(2);
  await page.unroute(pattern);
  await shell.button('Recarregar').click();
  await expect(shell.heading('Operadoras')).toBeVisible();
});

test('a part that does not come is no reason to reload because another is gone', async ({ page, admin }) => {
  await saveData(page);
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  await page.route('**/operators-*.wasm', (route) => route.fulfill({ status: 404, body: 'not found' }));
  await page.route('**/clients-*.wasm', (route) => route.abort());
  const shell = await Shell.open(page, admin, '/conta');
  await shell.link('Operadoras').hover();
  await expect(page.locator('html[data-gone]')).toBeAttached();
  await shell.link('Clientes').click();
  await expect(shell.main.getByRole('alert')).toContainText('Confira a conexão');
  expect(loads, 'opened, not reloaded').toBe(1);
});

test('a part is fetched when the pointer or the focus comes near, and never again', async ({ page, admin }) => {
  await saveData(page);
  const asked = partsAskedFor(page);
  const complaints = new Complaints(page);
  const shell = await Shell.open(page, admin, '/conta');
  await settled(page);
  expect(asked, 'only what this page needs').not.toContain('operators');
  expect(asked).not.toContain('clients');
  await shell.link('Operadoras').hover();
  await expect.poll(() => asked).toContain('operators');
  await shell.link('Clientes').focus();
  await expect.poll(() => asked).toContain('clients');

  for (const name of ['Operadoras', 'Clientes', 'Operadoras', 'Clientes']) {
    await shell.link(name).click();
    await expect(shell.heading(name)).toBeVisible();
    await settled(page);
  }
  // `shared` is asked for twice on the first page: ahead, and by the program, which then finds it in the browser.
  const once = asked.filter((part) => part !== 'shared');
  expect(new Set(once).size, `no part twice: ${asked.join(' ')}`).toBe(once.length);
  complaints.expectNone();
});

test('an idle browser fetches what the person may open', async ({ page, admin, server }) => {
  const asked = partsAskedFor(page);
  await Shell.open(page, admin, '/conta');
  const all = await allParts(server.url);
  expect(all).toContain('webhooks');
  await expect.poll(() => all.filter((part) => !asked.includes(part)), { timeout: 30_000 }).toEqual([]);
  expect(asked.filter((part) => part === 'webhooks')).toEqual(['webhooks']);
});
