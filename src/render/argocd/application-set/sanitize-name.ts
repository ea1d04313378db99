/** Makes a DNS name of a text, as ApplicationSet's `normalize` function and `…Normalized` parameters do. */
export function sanitizeName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^-a-z0-9.]/g, "-")
    .slice(0, 253)
    .replace(/^[-.]+/, "")
    .replace(/[-.]+$/, "");
}
