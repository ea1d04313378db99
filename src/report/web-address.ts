/** Longer than any address that browsers and servers agree on. */
const LONGEST_ADDRESS = 2_000;

/** Whether a text is a plain http or https address without credentials: the only kind that a report links to. */
export function isWebAddress(text: string): boolean {
  if (text.length > LONGEST_ADDRESS) return false;
  return /^https?:\/\/[a-z0-9.-]+(:\d+)?(\/[\w\-./~%?#=&+,;:]*)?$/i.test(text);
}
