import type { Locator, Page } from '@playwright/test';
import { Shell } from './shell';

/** Operadoras, Clientes and one client. */
export class Registry extends Shell {
  constructor(page: Page) {
    super(page);
  }

  /** The form that is open. */
  form(title: string | RegExp): Locator {
    return this.dialog(title);
  }

  async addOperator(name: string): Promise<void> {
    await this.button('Nova operadora').first().click();
    const form = this.form('Nova operadora');
    await form.getByLabel('Nome').fill(name);
    await form.getByRole('button', { name: 'Salvar operadora' }).click();
    await form.waitFor({ state: 'hidden' });
  }

  /** Leads to the new client's page. */
  async addClient(name: string, cnpj: string): Promise<void> {
    await this.button('Novo cliente').first().click();
    const form = this.form('Novo cliente');
    await form.getByLabel('Razão social').fill(name);
    await form.getByLabel('CNPJ').fill(cnpj);
    await form.getByRole('button', { name: 'Salvar cliente' }).click();
    await this.heading(name).waitFor();
  }

  /** On a client's page. */
  async addAccount(operator: string, number: string, login: string, password: string): Promise<void> {
    await this.button('Nova conta').first().click();
    const form = this.form('Nova conta');
    await form.getByLabel('Operadora').selectOption({ label: operator });
    await form.getByLabel('Número da conta').fill(number);
    await form.getByLabel(/^Usuário do portal/).fill(login);
    await form.getByRole('group', { name: 'Senha do portal' }).getByRole('button', { name: 'Definir' }).click();
    await form.getByLabel('Senha do portal').fill(password);
    await form.getByRole('button', { name: 'Salvar conta' }).click();
    await form.waitFor({ state: 'hidden' });
  }

  /** On a client's page, of an account that has one. */
  async changePassword(operator: string, password: string): Promise<void> {
    await this.act(operator, 'Editar');
    const form = this.form(`Editar a conta ${operator}`);
    await form.getByRole('group', { name: 'Senha do portal' }).getByRole('button', { name: 'Trocar' }).click();
    await form.getByLabel('Senha do portal').fill(password);
    await form.getByRole('button', { name: 'Salvar conta' }).click();
    await form.waitFor({ state: 'hidden' });
  }

  async act(name: string, action: string): Promise<void> {
    await this.main.getByRole('button', { name: `Ações para ${name}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }
}
