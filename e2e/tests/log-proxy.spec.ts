import { ExecutionPage } from '../support/pages/executions';
import { Shell } from '../support/pages/shell';
import { Proxy } from '../support/proxy';
import { keptLog, numbered, oneForRobots, reached, run } from '../support/robots';
import { expect, test } from '../support/robots-test';
import { month } from '../support/world';

/** Longer than the server ever keeps silent (15 s), and shorter than the stream goes on after the last cut. */
const IDLE_MS = 20_000;

test('behind a proxy that cuts the connection twice, the page shows every line once', async ({ page, admin, robots }) => {
  test.setTimeout(180_000);
  const process = await oneForRobots(admin, month(-20), 'Atrás do Proxy');
  const lines = numbered(50);
  await robots.rpa.script(process, { duration_ms: 50_000, logs: lines });
  const proxy = await Proxy.start(robots.server.url, IDLE_MS);
  try {
    const { id } = await run(admin, process);
    await reached(admin, id, 'EXECUTANDO');
    await Shell.open(page, admin, `${proxy.url}/execucoes/${id}`);
    const watched = new ExecutionPage(page);
    await expect(watched.live('ao vivo')).toBeVisible();

    for (const time of ['first', 'second']) {
      const newest = await watched.log.newest();
      await expect.poll(watched.log.newest, { timeout: 30_000 }).toBeGreaterThan(newest + 3);
      const streams = proxy.streams;
      expect(proxy.cut(), `live streams at the ${time} cut`).toBeGreaterThan(0);
      await expect(watched.live('reconectando')).toBeVisible();
      await expect(watched.live('ao vivo')).toBeVisible({ timeout: 45_000 });
      expect(proxy.streams, `live streams after the ${time} cut`).toBeGreaterThan(streams);
    }

    await expect(watched.status('Concluída')).toBeVisible({ timeout: 90_000 });
    await expect(watched.log.said('Encerrado')).toBeVisible();
    const kept = await keptLog(admin, id);
    expect(kept.map((line) => line.message)).toEqual(lines);
    await expect.poll(watched.log.total).toBe(kept.length);
    await expect.poll(watched.log.numbers, { message: 'without gap or repeat' }).toEqual(kept.map((line) => line.seq));
    await expect.poll(watched.log.texts).toEqual(lines);
    expect(proxy.givenUp, 'answers that were silent for too long').toBe(0);
  } finally {
    await proxy.stop();
  }
});
