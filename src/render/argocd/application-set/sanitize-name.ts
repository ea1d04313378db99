/** A text as a DNS name, as ApplicationSet's `normalize` and `…Normalized` parameters have it. */
export function sanitizeName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^-a-z0-9.]/g, "-")
    .slice(0, 253)
    .replace(/^[-.]+/, "")
    .replace(/[-.]+$/, "");
}
