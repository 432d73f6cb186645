import type { Locator, Page } from '@playwright/test';
import { type FirstAdmin, SETUP_CODE } from '../api';

/** The pages of somebody who is not signed in. */
export class Gate {
  readonly email: Locator;
  readonly password: Locator;
  readonly enter: Locator;
  readonly alert: Locator;
  readonly setUpHeading: Locator;
  readonly code: Locator;
  readonly organization: Locator;
  readonly name: Locator;
  readonly again: Locator;
  readonly create: Locator;

  constructor(page: Page) {
    this.email = page.getByLabel('E-mail');
    this.password = page.getByLabel('Senha', { exact: true });
    this.enter = page.getByRole('button', { name: 'Entrar', exact: true });
    this.alert = page.getByRole('alert');
    this.setUpHeading = page.getByRole('heading', { name: 'Primeiro acesso' });
    this.code = page.getByLabel('Código de instalação');
    this.organization = page.getByLabel('Nome da organização');
    this.name = page.getByLabel('Seu nome');
    this.again = page.getByLabel('Repita a senha');
    this.create = page.getByRole('button', { name: 'Criar organização e entrar' });
  }

  async setUp(admin: FirstAdmin, code = SETUP_CODE): Promise<void> {
    await this.code.fill(code);
    await this.organization.fill(admin.organization_name);
    await this.name.fill(admin.name);
    await this.email.fill(admin.email);
    await this.password.fill(admin.password);
    await this.again.fill(admin.password);
    await this.create.click();
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.enter.click();
  }
}
