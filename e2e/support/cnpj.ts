/** A made-up CNPJ with right check digits: root `number`, branch 0001. */
export function cnpj(number: number): string {
  const digits = [...String(number).padStart(8, '0'), ...'0001'].map(Number);
  digits.push(check(digits));
  digits.push(check(digits));
  return digits.join('');
}

/** `12.345.678/0001-95`, as the screen shows it. */
export function formatted(digits: string): string {
  return digits.replace(/^(.{2})(.{3})(.{3})(.{4})(.{2})$/, '$1.$2.$3/$4-$5');
}

function check(digits: number[]): number {
  const sum = digits.reduceRight((total, digit, index) => total + digit * (2 + ((digits.length - 1 - index) % 8)), 0);
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}
