/** A document whose unknown variables are escaped, so that substitution leaves them as they are written. */
export interface Escaped {
  readonly text: string;
  /** Values for variables that cannot be escaped where they are written: within the default of another one. */
  readonly variables: { readonly [name: string]: string };
  /** Names of the variables that have neither a value nor a default, in order of appearance. */
  readonly unknown: readonly string[];
}

/** Escapes the variables of a document that have neither a value nor a default (`${X:=default}`). */
export function escapeUnknown(text: string, known: { readonly [name: string]: string }): Escaped {
  if (!text.includes("${")) return { text, variables: {}, unknown: [] };
  const unknown = new Set<string>();
  const variables: { [name: string]: string } = {};
  let depth = 0;
  let written = "";
  let at = 0;
  for (const { 0: token, index } of text.matchAll(/\$?\$\{|\}/g)) {
    if (token === "}") depth = Math.max(0, depth - 1);
    if (token !== "${") continue;
    const [, name = "", next = ""] = /^([A-Za-z_][A-Za-z0-9_]*)(.?.?)/.exec(text.slice(index + 2, index + 300)) ?? [];
    const isUnknown = name !== "" && !Object.hasOwn(known, name) && !/^:?[-=+?]/.test(next);
    if (isUnknown) unknown.add(name);
    if (isUnknown && depth === 0) {
      written += `${text.slice(at, index)}$`;
      at = index;
    } else {
      if (isUnknown) variables[name] = `\${${name}}`;
      depth += 1;
    }
  }
  return { text: written + text.slice(at), variables, unknown: [...unknown] };
}

/** The names of variables without a default that are left in a text. */
export function unknownIn(text: string): readonly string[] {
  return escapeUnknown(text, {}).unknown;
}
