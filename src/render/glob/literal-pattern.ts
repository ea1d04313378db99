/** A path as a pattern that matches nothing else; the root of the repository is everything below it. */
export function literalPattern(path: string): string {
  return path === "" ? "**" : path.replaceAll(/[\\*?[{|!@+(]/g, String.raw`\$&`);
}
