import { ADMIN, Api } from '../support/api';
import { Complaints } from '../support/console';
import { expect, test } from '../support/fixtures';
import { nginxPath, startNginx } from '../support/nginx';
import { Gate } from '../support/pages/gate';
import { ProcessPage, file } from '../support/pages/process';
import { ReviewPage } from '../support/pages/review';
import { invoice } from '../support/pdf';
import { freePort } from '../support/program';
import { Proxy } from '../support/proxy';
import { Server } from '../support/server';
import { approve, fresh, month, openedMonth } from '../support/world';

const PATH = '/esteira';
/** No stream is as silent as this. */
const IDLE_MS = 60_000;

// Each test has a server of its own.
test.use({ baseURL: 'http://tools.example.com' });

for (const by of ['nginx', 'node'] as const) {
  for (const keeps of [true, false]) {
    test(`everything is below the path behind ${by}, which ${keeps ? 'passes it on' : 'takes it away'}`, async ({ page, backend }) => {
      const nginx = nginxPath();
      if (by === 'nginx' && !nginx) {
        console.warn('\n*** There is no nginx on this machine (NGINX_PATH may name it): it is NOT tested behind nginx. ***\n');
        test.skip(true, 'there is no nginx on this machine');
      }
      const port = await freePort();
      const address = `http://127.0.0.1:${port}${PATH}`;
      const server = await Server.start({ backend, environment: { ESTEIRA_PUBLIC_URL: address } });
      const below = { path: PATH, keeps };
      const proxy =
        by === 'nginx' ? await startNginx(nginx ?? '', port, server.url, below) : await Proxy.start(server.url, IDLE_MS, below, port);
      try {
        const outside: string[] = [];
        page.on('request', (request) => {
          const { protocol, pathname } = new URL(request.url());
          if (/^https?:$/.test(protocol) && !pathname.startsWith(`${PATH}/`)) outside.push(pathname);
        });
        // The browser reports the 401 of somebody who is not signed in yet.
        const complaints = new Complaints(page);
        const admin = new Api(server.url);
        await admin.setUp();
        const [target] = await openedMonth(admin, month(), ['Abaixo do Caminho'], ['VIVO']);
        const id = target?.id ?? '';

        // A deep link of somebody who is not signed in, and again once they are.
        await page.goto(`${address}/processos/${id}`);
        await new Gate(page).signIn(ADMIN.email, ADMIN.password);
        const process = new ProcessPage(page);
        await expect(process.input).toBeAttached();
        const kept = await page.context().cookies(address);
        expect(kept.map(({ name, path }) => [name, path])).toEqual([['esteira_path_session', PATH]]);
        await page.reload();
        await expect(process.live('ao vivo')).toBeVisible();
        await expect(page).toHaveURL(`${address}/processos/${id}`);

        await process.input.setInputFiles([file('fatura.pdf', invoice(fresh()))]);
        await expect(process.status('Para aprovar')).toBeVisible();
        await expect(page.locator('a[download]').first()).toHaveAttribute('href', /^\/esteira\/api\/v1\/documents\/[^/]+\/content$/);

        // Parts that were not there yet, by a link, by the keyboard and by a filter, without loading the page anew.
        await process.remember();
        await process.link('Operadoras').click();
        await expect(process.heading('Operadoras')).toBeVisible();
        await expect(page).toHaveURL(`${address}/operadoras`);
        await page.keyboard.press('g');
        await page.keyboard.press('c');
        await expect(process.heading('Clientes')).toBeVisible();
        await expect(page).toHaveURL(`${address}/clientes`);
        await expect(process.link('Clientes')).toHaveAttribute('aria-current', 'page');
        await process.main.getByRole('searchbox').first().fill('Abaixo');
        await expect(page).toHaveURL(/\/esteira\/clientes\?(.*&)?q=Abaixo/);
        await page.goBack();
        await expect(process.heading(/Operadoras|Clientes/)).toBeVisible();
        await process.expectSamePage();

        // The document, drawn by pdf.js.
        await page.goto(`${address}/revisao?month=${month()}`);
        await new ReviewPage(page).painted();

        // What somebody else does is seen at once.
        await page.goto(`${address}/processos/${id}`);
        await expect(process.live('ao vivo')).toBeVisible();
        await process.remember();
        await approve(admin, id);
        await expect(process.status('A enviar ao SAT')).toBeVisible();
        await process.expectSamePage();

        await page.getByRole('button', { name: 'Sua conta' }).click();
        await page.getByRole('menuitem', { name: 'Sair' }).click();
        await expect(new Gate(page).enter).toBeVisible();
        expect(await page.context().cookies(address), 'the cookie is gone').toEqual([]);
        complaints.expectNone();

        // The API's reference finds its document, and what it sends arrives.
        await page.goto(`${address}/api/docs`);
        await expect(page.locator('#matches')).toHaveText(/^\d+ operations$/);
        const health = page.getByRole('article').filter({ hasText: '/api/health' }).first();
        await health.locator('summary').first().click();
        await health.getByRole('button', { name: 'Send GET' }).click();
        await expect(health.getByRole('status')).toContainText('200');
        expect(outside, 'asked for outside of the path').toEqual([]);
      } finally {
        await proxy.stop();
        await server.stop();
      }
    });
  }
}
