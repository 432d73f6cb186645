/** PDFs made here, so that each has bytes of its own and none is anybody's invoice. */

interface Facts {
  operator?: string;
  client?: string;
  pages?: number;
}

/** A small valid invoice. Another number gives other bytes. */
export function invoice(number: number, facts: Facts = {}): Uint8Array {
  const pages = facts.pages ?? 1;
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const kids = Array.from({ length: pages }, (_, index) => `${4 + 2 * index} 0 R`).join(' ');
  add('<</Type/Catalog/Pages 2 0 R>>');
  add(`<</Type/Pages/Count ${pages}/Kids[${kids}]/MediaBox[0 0 595 842]>>`);
  add('<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>');
  for (let page = 1; page <= pages; page++) {
    const lines = [
      `${facts.operator ?? 'VIVO'} - Fatura de demonstracao`,
      facts.client ?? 'Cliente',
      `Documento ${number}, pagina ${page} de ${pages}`,
      ...Array.from({ length: 20 }, (_, line) => `Linha ${line + 1}   41 90000-${String(number * 20 + line).padStart(5, '0')}   R$ ${number},${String(line).padStart(2, '0')}`),
    ];
    const content = lines.map((line, index) => `BT /F1 12 Tf 56 ${780 - 24 * index} Td (${escape(line)}) Tj ET`).join('\n');
    add(`<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents ${5 + 2 * (page - 1)} 0 R>>`);
    add(`<</Length ${content.length}>>\nstream\n${content}\nendstream`);
  }
  return assemble(objects);
}

/** Its trailer names an encryption dictionary: it cannot be read without a password. */
export function encryptedInvoice(number: number): Uint8Array {
  const text = Buffer.from(invoice(number)).toString('latin1');
  const at = text.lastIndexOf('trailer');
  const open = text.indexOf('<<', at) + 2;
  return Buffer.from(`${text.slice(0, open)}/Encrypt 99 0 R ${text.slice(open)}`, 'latin1');
}

/** A valid invoice of exactly `bytes`: readers skip what follows the end mark. */
export function invoiceOfSize(number: number, bytes: number): Uint8Array {
  const small = invoice(number);
  const padded = Buffer.alloc(bytes, '\n');
  padded.set(small.subarray(0, Math.min(small.length, bytes)));
  return padded;
}

/** The head of a photograph. */
export function jpeg(): Uint8Array {
  return Buffer.from('\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01 this is no invoice', 'latin1');
}

function escape(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .replaceAll(/[\\()]/g, '\\$&');
}

function assemble(objects: string[]): Uint8Array {
  let text = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n`;
  for (const offset of offsets) text += `${String(offset).padStart(10, '0')} 00000 n \n`;
  text += `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
