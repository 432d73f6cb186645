import { Api } from '../support/api';
import { expectAccessible } from '../support/axe';
import { expect, test as base } from '../support/fixtures';
import { Shell } from '../support/pages/shell';
import { PostOffice } from '../support/post-office';
import { Server } from '../support/server';

interface Mail {
  office: PostOffice;
  server: Server;
  admin: Api;
}

const test = base.extend<{ mail: Mail }>({
  mail: async ({ backend }, use) => {
    const office = await PostOffice.start();
    const environment = { ESTEIRA_SMTP_URL: office.url, ESTEIRA_SMTP_FROM: 'Esteira <esteira@example.com>' };
    const server = await Server.start({ backend, environment });
    const admin = new Api(server.url);
    await admin.setUp();
    await use({ office, server, admin });
    await server.stop();
    await office.stop();
  },
  baseURL: async ({ mail }, use) => use(mail.server.url),
});

test('a test e-mail is asked for, arrives, and the page says what the mail server answered', async ({ page, mail }) => {
  const shell = await Shell.open(page, mail.admin, '/configuracoes');
  await expect(shell.main.getByText('Remetente: Esteira <esteira@example.com>')).toBeVisible();
  await shell.button('Enviar e-mail de teste').click();
  await expect(shell.main.getByText('O servidor de e-mail aceitou a mensagem para ana@example.com')).toBeVisible();
  await expect(shell.main.getByText('Resposta do servidor: 250 taken')).toBeVisible();
  await expectAccessible(page);
  await expect.poll(() => mail.office.letters.length).toBe(1);
  expect(mail.office.letters[0]).toContain('To: ana@example.com');
  await shell.main.getByRole('link', { name: 'Ver a tarefa' }).click();
  await expect(shell.heading('Enviar e-mail')).toBeVisible();
  await expect(shell.main.getByText('Concluída', { exact: true }).first()).toBeVisible();
});

test('a test e-mail that is refused says with which words', async ({ page, mail }) => {
  mail.office.refused.set('ana@example.com', '550 5.1.1 no such mailbox');
  const shell = await Shell.open(page, mail.admin, '/configuracoes');
  await shell.button('Enviar e-mail de teste').click();
  await expect(shell.main.getByText('A mensagem para ana@example.com não foi enviada')).toBeVisible();
  await expect(shell.main.getByText('550 5.1.1 no such mailbox')).toBeVisible();
  await shell.main.getByRole('link', { name: 'Ver a mensagem' }).click();
  await expect(shell.heading('E-mail para ana@example.com')).toBeVisible();
});
