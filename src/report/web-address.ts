/** Whether a text is a plain http or https address without credentials: the only kind that a report links to. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[a-z0-9.-]+(:\d+)?(\/[\w\-./~%?#=&+,;:]*)?$/i.test(text);
}
