/** The text of a module with imports after its package, on the same line, so that every rule stays where it is. */
export function withImports(text: string, paths: readonly string[]): string {
  const written = packageLine.exec(text)?.[0];
  if (written === undefined || paths.length === 0) return text;
  const end = text.indexOf(written) + written.length;
  return `${text.slice(0, end)}${paths.map((path) => ` import ${path}`).join("")}${text.slice(end)}`;
}

// Only comments may come before it.
const packageLine = /^[ \t]*package[ \t]+[^\s#;]+/m;
