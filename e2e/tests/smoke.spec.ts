import { ADMIN } from '../support/api';
import { expectAccessible } from '../support/axe';
import { expect, test } from '../support/fixtures';

test('health names every service', async ({ api }) => {
  const health = await api.get<{ status: string; services: Record<string, string> }>('/api/health');
  expect(health.status).toBe('healthy');
  expect(health.services).toMatchObject({ database: 'connected', storage: 'connected', queue: 'available' });
});

test('a protected route refuses a stranger with the error every client knows', async ({ api }) => {
  const answer = await api.send('GET', '/session');
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: 'unauthenticated', request_id: expect.any(String) });
});

test('the sign-in page paints, takes the password and opens the application', async ({ api, page }) => {
  await api.setUp();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The page asks who is signed in; the browser reports that 401 as an error of its own.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });

  await page.goto('/');
  await expect(page.getByLabel('E-mail')).toBeVisible();
  await expectAccessible(page, 'sign-in');
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Senha').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('navigation').first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a missing asset is 404 and never the page', async ({ server }) => {
  const answer = await fetch(`${server.url}/nothing-here.js`);
  expect(answer.status).toBe(404);
});
