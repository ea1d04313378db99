import type { PolicyFile } from "../model/policy.ts";

/**
 * Replaces each pattern among namespaces by the packages that it matches, as Go's `path.Match` does: `*`, `?` and `[a-z]`, a
 * dot being like any other character. A pattern that matches nothing stays, and is reported as a namespace without rules.
 */
export function expandNamespaces(
  namespaces: readonly string[] | "*" | undefined,
  files: readonly PolicyFile[],
): readonly string[] | "*" | undefined {
  if (namespaces === undefined || namespaces === "*" || !namespaces.some(isPattern)) return namespaces;
  const packages = [...new Set(files.flatMap(({ text }) => packageOf(text) ?? []))].toSorted();
  const expanded = namespaces.flatMap((namespace) => {
    if (!isPattern(namespace)) return [namespace];
    const matches = packageMatcher(namespace);
    const found = packages.filter(matches);
    return found.length === 0 ? [namespace] : found;
  });
  return [...new Set(expanded)];
}

function isPattern(namespace: string): boolean {
  return /[*?[]/.test(namespace);
}

function packageOf(text: string): string | undefined {
  const written = /^[ \t]*package[ \t]+([^\s#;]+)/m.exec(text)?.[1];
  return written?.replaceAll(/\["([^"]*)"\]/g, ".$1");
}

function packageMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replaceAll(/\[\^?[^\]]+\]|\*+|\?|[\\^$.|+(){}[\]]/g, (part) => {
    if (part.startsWith("*")) return "[^/]*";
    if (part === "?") return "[^/]";
    return part.length > 2 && part.startsWith("[") ? part : `\\${part}`;
  });
  try {
    const regex = new RegExp(`^${source}$`);
    return (name) => regex.test(name);
  } catch {
    return (name) => name === pattern;
  }
}
