import { ADMIN } from '../support/api';
import { expectAccessible } from '../support/axe';
import { Complaints } from '../support/console';
import { expect, test } from '../support/fixtures';
import { Gate } from '../support/pages/gate';
import { Shell } from '../support/pages/shell';

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

test('the first visit needs the setup code of the server', async ({ api, page }) => {
  const gate = new Gate(page);
  await page.goto('/');
  await gate.setUp(ADMIN, 'codigo-inventado');
  await expect(page.getByText('Não é o código que o servidor mostrou.')).toBeVisible();
  await expect(gate.code).toBeFocused();
  expect(await api.get('/setup')).toEqual({ needed: true });
});

test('the sign-in page paints, takes the password and opens the application', async ({ api, page }) => {
  await api.setUp();
  // The page asks who is signed in; the browser reports that 401 as an error of its own.
  const complaints = new Complaints(page);
  const gate = new Gate(page);
  await page.goto('/');
  await expect(gate.email).toBeVisible();
  await expectAccessible(page, 'sign-in');
  await gate.signIn(ADMIN.email, ADMIN.password);
  await expect(new Shell(page).nav).toBeVisible();
  complaints.expectNone();
});

test('a missing asset is 404 and never the page', async ({ server }) => {
  const answer = await fetch(`${server.url}/nothing-here.js`);
  expect(answer.status).toBe(404);
});
