import { expect, test } from '../support/fixtures';
import { ProcessPage } from '../support/pages/process';
import { ReviewPage } from '../support/pages/review';
import { Shell } from '../support/pages/shell';
import { approve, month, openedMonth, upload } from '../support/world';

test('what one person approves, the other sees without a reload', async ({ page, admin, browser, server }) => {
  const [first, second] = await openedMonth(admin, month(-70), ['Ao Vivo 1', 'Ao Vivo 2'], ['VIVO']);
  await upload(admin, first?.id ?? '');
  await upload(admin, second?.id ?? '');
  const other = await admin.colleague('Olga Outra', 'analyst');

  // One looks at the process, at the list and at the month; a mark in the page shows that nothing was loaded anew.
  const list = await page.context().newPage();
  const matrix = await page.context().newPage();
  await Shell.open(page, admin, `/processos/${first?.id}`);
  await Shell.open(list, admin, `/processos?month=${month(-70)}`);
  await Shell.open(matrix, admin, `/mes/${month(-70)}`);
  const watched = new ProcessPage(page);
  await expect(watched.status('Para aprovar')).toBeVisible();
  const row = new Shell(list).row('Ao Vivo 1');
  await expect(row).toContainText('Para aprovar');
  await expect(matrix.getByRole('gridcell', { name: /^Ao Vivo 1 · VIVO, Para aprovar/ })).toBeVisible();
  for (const tab of [page, list, matrix]) {
    await expect(new Shell(tab).live('ao vivo')).toBeVisible();
    await tab.evaluate(() => Object.assign(window, { esteiraSamePage: true }));
  }

  const theirs = await browser.newContext({ baseURL: server.url });
  const desk = await theirs.newPage();
  await Shell.open(desk, other, `/revisao?month=${month(-70)}`);
  const review = new ReviewPage(desk);
  await review.painted();
  await expect(review.facts.getByRole('heading', { level: 2 })).toHaveText('Ao Vivo 1');
  await desk.keyboard.press('a');

  await expect(watched.status('A enviar ao SAT')).toBeVisible();
  await expect(watched.history.first()).toContainText('Aprovado');
  await expect(watched.history.first()).toContainText('Olga Outra');
  await expect(row).toContainText('A enviar ao SAT');
  await expect(matrix.getByRole('gridcell', { name: /^Ao Vivo 1 · VIVO, A enviar ao SAT/ })).toBeVisible();
  for (const tab of [page, list, matrix]) {
    expect(await tab.evaluate(() => 'esteiraSamePage' in window), 'still the page that was opened').toBe(true);
  }
  await theirs.close();
});

test('no row moves under the pointer: what is new waits until it is asked for', async ({ page, admin }) => {
  const [first] = await openedMonth(admin, month(-71), ['Sob o Ponteiro'], ['VIVO']);
  await upload(admin, first?.id ?? '');
  const shell = await Shell.open(page, admin, `/processos?month=${month(-71)}&q=Ponteiro`);
  const row = shell.row('Sob o Ponteiro');
  await expect(shell.live('ao vivo')).toBeVisible();
  await row.hover();
  await approve(admin, first?.id ?? '');
  const news = shell.button(/^Há novidades nesta lista/);
  await expect(news).toBeVisible();
  await expect(row).toContainText('Para aprovar');
  await news.click();
  await expect(row).toContainText('A enviar ao SAT');
});

test('paused, nothing changes; resumed, everything is read again', async ({ page, admin }) => {
  const [first] = await openedMonth(admin, month(-72), ['Pausado'], ['VIVO']);
  await upload(admin, first?.id ?? '');
  const address = `/processos/${first?.id}`;
  const awake = await page.context().newPage();
  await Shell.open(awake, admin, address);
  await expect(new Shell(awake).live('ao vivo')).toBeVisible();
  const shell = await Shell.open(page, admin, address);
  const process = new ProcessPage(page);
  await shell.live('ao vivo').click();
  await expect(shell.live('pausado')).toBeVisible();
  let reads = 0;
  page.on('request', (request) => request.url().includes('/api/v1/processes/') && reads++);
  await approve(admin, first?.id ?? '');
  // Told to the other tab, so it would have been told to this one.
  await expect(new ProcessPage(awake).status('A enviar ao SAT')).toBeVisible();
  await expect(process.status('Para aprovar')).toBeVisible();
  expect(reads).toBe(0);
  await shell.live('pausado').click();
  await expect(shell.live('ao vivo')).toBeVisible();
  await expect(process.status('A enviar ao SAT')).toBeVisible();
});

test('the server dies and comes back: the page says so, reconnects and shows what it missed', async ({ page, admin, server }) => {
  test.setTimeout(120_000);
  const [first] = await openedMonth(admin, month(-73), ['Reinício'], ['VIVO']);
  await upload(admin, first?.id ?? '');
  const shell = await Shell.open(page, admin, `/processos/${first?.id}`);
  const process = new ProcessPage(page);
  await expect(shell.live('ao vivo')).toBeVisible();
  await expect(process.status('Para aprovar')).toBeVisible();

  await server.crash();
  await expect(shell.live('reconectando')).toBeVisible();
  await expect(process.status('Para aprovar'), 'what was on the screen stays').toBeVisible();
  await server.restart();
  // Before the page is back it misses this.
  await approve(admin, first?.id ?? '');
  await expect(shell.live('ao vivo')).toBeVisible({ timeout: 45_000 });
  await expect(process.status('A enviar ao SAT')).toBeVisible();

  // And it is told of changes again.
  const { process: now } = await admin.get<{ process: { version: number } }>(`/processes/${first?.id}`);
  await admin.post(`/processes/${first?.id}/withdraw`, { version: now.version });
  await expect(process.status('Para aprovar')).toBeVisible();
});
