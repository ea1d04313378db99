import { RE2JS } from "re2js";

const maxKept = 2_000;
const compiled = new Map<string, RE2JS | undefined>();

/**
 * Whether a pattern of a CRD is found in a text, as Go's regexp finds it: in linear time, whatever a pull request's
 * pattern is like. A pattern that does not compile matches all; the CRD is refused for it by the cluster.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!compiled.has(pattern)) {
    if (compiled.size >= maxKept) compiled.clear();
    compiled.set(pattern, compile(pattern));
  }
  return compiled.get(pattern)?.matcher(text).find() ?? true;
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
