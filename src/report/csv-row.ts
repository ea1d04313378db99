/** A row of CSV (RFC 4180) with its line end. A field that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvRow(fields: readonly string[]): string {
  return `${fields.map(field).join(",")}\r\n`;
}

function field(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
