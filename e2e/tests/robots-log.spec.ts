import type { Locator } from '@playwright/test';
import { Complaints } from '../support/console';
import { ExecutionPage } from '../support/pages/executions';
import { Shell } from '../support/pages/shell';
import { type Printed, ended, keptLog, numbered, oneForRobots, printed, ran, reached, run } from '../support/robots';
import { expect, test } from '../support/robots-test';
import { detail, month } from '../support/world';

test.describe.configure({ timeout: 120_000 });

/** Five thousand lines; the last ones are such as no robot should write. */
const LONG = 5_000;
const HTML = '<img src="x" onerror="window.esteiraInjected = true"><b id="injetado">negrito</b> & <script>window.esteiraInjected = true</script>';
const WIDE = Array.from({ length: 300 }, (_, index) => `palavra${index}`).join(' ');
const STRANGE: Record<number, [written: string, read: string]> = {
  4990: [HTML, HTML],
  4991: ['\u001b[32mverde\u001b[0m e \u001b[1;31mvermelho\u001b[0m, o resto comum', 'verde e vermelho, o resto comum'],
  4992: ['\u001b]8;;javascript:window.esteiraInjected=true\u0007clique aqui\u001b]8;;\u0007', 'clique aqui'],
  4993: ['fatura\u202efdp.exe', 'faturaU+202Efdp.exe'],
  4994: ['  recuo   e\ttabulação', '  recuo   e\ttabulação'],
};

function story(): Printed[] {
  return Array.from({ length: LONG }, (_, index): Printed => {
    const number = index + 1;
    const strange = STRANGE[number];
    if (strange) return { level: 'INFO', message: strange[0] };
    if (number === 1_234 || number === 3_333) return { level: 'INFO', message: `linha ${number}: uma agulha no palheiro` };
    if (number === 4_321 || number === 4_900) return { level: 'ERROR', message: `linha ${number}: o portal recusou` };
    if (number > 4_000 && number < 4_900 && number % 100 === 0) return { level: 'WARN', message: `linha ${number}: o portal demora` };
    if (number === 4_995) return { level: 'INFO', message: WIDE };
    return { level: number % 7 === 0 && number > 4_000 ? 'DEBUG' : 'INFO', message: `linha ${number}` };
  });
}

function colour(text: Locator): Promise<string> {
  return text.evaluate((element) => getComputedStyle(element).color);
}

test('five thousand lines are read: found, chosen, pointed at and copied', async ({ page, admin, robots }) => {
  test.setTimeout(180_000);
  const process = await oneForRobots(admin, month(-10), 'Registro Longo');
  const written = story();
  await robots.rpa.script(process, { duration_ms: 500, ...printed(written) });
  const { id } = await ran(admin, process, 'CONCLUIDO');
  const kept = await keptLog(admin, id);
  expect(kept.map((line) => line.message)).toEqual(written.map((line) => line.message));
  expect(kept.map((line) => line.seq), 'without gap or repeat').toEqual(written.map((_, index) => index + 1));

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const complaints = new Complaints(page);
  const { log } = await ExecutionPage.of(page, admin, id);

  // What is over opens at its end.
  await log.expectInSight(LONG);
  await expect(log.said('Encerrado')).toBeVisible();
  expect(await log.total()).toBe(LONG);
  await expect(log.follow, 'nothing more comes').toHaveCount(0);

  // Whatever a line holds is text, and colours are colours.
  for (const [number, [, read]] of Object.entries(STRANGE)) {
    expect(await log.text(Number(number)).innerText(), `line ${number}`).toBe(read);
  }
  await expect(log.lines.locator('b, img, script, .log__text a')).toHaveCount(0);
  await expect(page.locator('#injetado')).toHaveCount(0);
  expect(await page.evaluate(() => 'esteiraInjected' in window)).toBe(false);
  const [plain, green, red] = await Promise.all([
    colour(log.text(4_991)),
    colour(log.text(4_991).getByText('verde', { exact: true })),
    colour(log.text(4_991).getByText('vermelho', { exact: true })),
  ]);
  expect(new Set([plain, green, red]).size, `colours ${plain}, ${green}, ${red}`).toBe(3);

  // Found, and walked through in a circle.
  await log.search.fill('AGULHA');
  await expect(log.said('2 resultados')).toBeVisible();
  await log.expectInSight(1_234);
  await expect(log.line(1_234).locator('mark')).toHaveText('agulha');
  await log.search.press('Enter');
  await log.expectInSight(3_333);
  await log.search.press('Shift+Enter');
  await log.expectInSight(1_234);
  await log.previous.click();
  await log.expectInSight(3_333);
  await log.search.fill('nada disto está no log');
  await expect(log.said('Nada encontrado.')).toBeVisible();
  await log.search.press('Escape');
  await expect(log.search).toHaveValue('');
  await expect(log.lines).toBeFocused();

  await page.keyboard.press('g');
  await page.keyboard.press('g');
  await log.expectInSight(1);
  await log.firstError.click();
  await log.expectInSight(4_321);
  await expect(log.line(4_321)).toHaveClass(/is-current/);

  // Only the bad ones, each with its own number.
  await log.level('Erros').click();
  await expect.poll(log.numbers).toEqual([4_321, 4_900]);
  await log.level('Avisos e erros').click();
  await expect.poll(log.numbers).toEqual([4_100, 4_200, 4_300, 4_321, 4_400, 4_500, 4_600, 4_700, 4_800, 4_900]);
  await log.level('Tudo').click();
  await expect.poll(async () => (await log.numbers()).length).toBeGreaterThan(20);

  await page.keyboard.press('Shift+G');
  await log.expectInSight(LONG);
  const height = async () => (await log.line(4_995).boundingBox())?.height ?? 0;
  expect(await height(), 'one row').toBeLessThan(25);
  await log.wrap.click();
  await expect(log.wrap).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(height, { message: 'several rows' }).toBeGreaterThan(35);
  await log.wrap.click();
  await expect.poll(height).toBeLessThan(25);

  // A range is marked, stands in the address and is copied.
  await log.number(4_985).click();
  await expect(page).toHaveURL(/#L4985$/);
  await log.number(4_989).click({ modifiers: ['Shift'] });
  await expect(page).toHaveURL(/#L4985-L4989$/);
  await expect(log.lines.locator('.is-marked')).toHaveCount(5);
  await expect(log.copy).toHaveAccessibleName('Copiar as linhas 4985 a 4989');
  await log.copy.click();
  const shell = new Shell(page);
  await expect(shell.notices.getByText('5 linhas copiadas.')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split(/\r?\n/)).toEqual([4_985, 4_986, 4_987, 4_988, 4_989].map((number) => written[number - 1]?.message));

  // The address of a line leads there, wherever it is.
  const other = await page.context().newPage();
  const pointed = await ExecutionPage.of(other, admin, id, '#L123');
  await pointed.log.expectInSight(123);
  await expect(pointed.log.line(123)).toHaveClass(/is-marked/);
  await expect(pointed.log.lines.locator('.is-marked')).toHaveCount(1);
  complaints.expectNone();
});

test('who scrolls up reads in peace, and follows again when they want', async ({ page, admin, robots }) => {
  const process = await oneForRobots(admin, month(-11), 'Acompanhamento');
  // A hundred lines at once, more than fit; then some each second.
  await robots.rpa.script(process, { duration_ms: 60_000, logs: [numbered(100).join('\n'), ...numbered(300)] });
  const { id } = await run(admin, process);
  await reached(admin, id, 'EXECUTANDO');
  const { log } = await ExecutionPage.of(page, admin, id);
  await expect(log.follow).toHaveAttribute('aria-pressed', 'true');
  await expect(log.said('Ao vivo')).toBeVisible();
  await expect.poll(log.total).toBeGreaterThan(100);

  await log.scroll(-400);
  await expect(log.follow).toHaveAttribute('aria-pressed', 'false');
  const [place, total] = [await log.top(), await log.total()];
  await expect(log.region.getByText(/^Pausado · \d+ linhas novas$/)).toBeVisible();
  await expect.poll(log.total).toBeGreaterThan(total + 10);
  expect(await log.top(), 'what is read stays where it is').toBe(place);

  // Down to the end by hand, or with the button.
  const goDown = async () => {
    await log.scroll(100_000);
    return log.follow.getAttribute('aria-pressed');
  };
  await expect.poll(goDown).toBe('true');
  await log.scroll(-400);
  await expect(log.follow).toHaveAttribute('aria-pressed', 'false');
  await log.toEnd.click();
  await expect(log.follow).toHaveAttribute('aria-pressed', 'true');
  const newest = await log.newest();
  await expect.poll(log.newest).toBeGreaterThan(newest + 5);
  await log.expectInSight(await log.newest());
  await ended(admin, id);
  await expect(log.said('Encerrado')).toBeVisible();
});

test('the server dies while a robot works: the page goes on by itself, and no line is lost or told twice', async ({ page, admin, robots }) => {
  test.setTimeout(180_000);
  const process = await oneForRobots(admin, month(-12), 'Queda do Servidor');
  const lines = numbered(50);
  await robots.rpa.script(process, { duration_ms: 25_000, logs: lines });
  const { id } = await run(admin, process);
  await reached(admin, id, 'EXECUTANDO');
  const watched = await ExecutionPage.of(page, admin, id);
  await expect(watched.live('ao vivo')).toBeVisible();
  await expect.poll(watched.log.newest, { timeout: 20_000 }).toBeGreaterThan(5);
  await watched.remember();

  await robots.server.crashAndRestart();
  await expect(watched.live('ao vivo')).toBeVisible({ timeout: 45_000 });
  await expect(watched.status('Concluída')).toBeVisible({ timeout: 90_000 });
  await expect(watched.log.said('Encerrado')).toBeVisible();
  await expect.poll(watched.log.numbers, { message: 'without gap or repeat' }).toEqual(lines.map((_, index) => index + 1));
  await expect.poll(watched.log.texts).toEqual(lines);
  await watched.expectSamePage();

  expect((await keptLog(admin, id)).map((line) => line.message)).toEqual(lines);
  await reached(admin, id, 'CONCLUIDO');
  expect((await detail(admin, process.id)).process.status).toBe('AGUARDANDO_APROVACAO');
  expect((await robots.rpa.counts()).por_chave[id], 'robots started for this run').toBe(1);
});
