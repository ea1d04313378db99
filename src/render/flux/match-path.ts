/**
 * Makes the function that says whether a path matches a pattern of `.gitignore`'s kind: `*`, `?` and `[…]` within a
 * segment, `**` over any number of them. Takes at most the product of both lengths, whatever the pattern: patterns come
 * from the tree that is judged.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const anywhere = /^\*\*\/([^/]+)$/.exec(pattern)?.[1];
  if (anywhere !== undefined && anywhere !== "**") {
    const matches = segmentMatcher(anywhere);
    return (path) => matches(path.slice(path.lastIndexOf("/") + 1));
  }
  if (!/[*?[\\]/.test(pattern)) return (path) => path === pattern;
  const segments = pattern.split("/").map((segment) => (segment === "**" ? segment : tokensOf(segment)));
  return (path) => matchSegments(segments, path.split("/"));
}

function matchSegments(patterns: readonly (readonly Token[] | "**")[], segments: readonly string[]): boolean {
  // reached[n]: the patterns so far match the first n segments.
  let reached = [true, ...segments.map(() => false)];
  for (const [index, pattern] of patterns.entries()) {
    if (pattern === "**") {
      // At the end it stands for what is inside, so for one segment at least.
      const least = index === patterns.length - 1 ? 1 : 0;
      const from = reached.indexOf(true);
      reached = reached.map((_, at) => from !== -1 && at >= from + least);
    } else reached = reached.map((_, at) => reached[at - 1] === true && matchSegment(pattern, segments[at - 1] ?? ""));
  }
  return reached.at(-1) === true;
}

/** The most common patterns are names and endings. */
function segmentMatcher(pattern: string): (segment: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (segment) => segment === pattern;
  const ending = /^\*([^*?[\\]+)$/.exec(pattern)?.[1];
  if (ending !== undefined) return (segment) => segment.endsWith(ending);
  const tokens = tokensOf(pattern);
  return (segment) => matchSegment(tokens, segment);
}

/** A step of a segment's pattern: any run, or one character that passes. */
type Token = "run" | ((character: string) => boolean);

function matchSegment(tokens: readonly Token[], segment: string): boolean {
  let [at, token] = [0, 0];
  let retry: { token: number; at: number } | undefined;
  while (at < segment.length) {
    const current = tokens[token];
    if (current === "run") {
      retry = { token: ++token, at };
    } else if (current?.(segment[at] ?? "") === true) {
      at++;
      token++;
    } else if (retry !== undefined) {
      token = retry.token;
      at = ++retry.at;
    } else return false;
  }
  return tokens.slice(token).every((one) => one === "run");
}

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    const end = character === "[" ? pattern.indexOf("]", at + 2) : -1;
    if (character === "*") tokens.push("run");
    else if (character === "?") tokens.push(() => true);
    else if (end !== -1) {
      tokens.push(classOf(pattern.slice(at + 1, end)));
      at = end;
    } else {
      const literal = character === "\\" && at + 1 < pattern.length ? (pattern[++at] ?? "") : character;
      tokens.push((one) => one === literal);
    }
  }
  return tokens;
}

function classOf(inner: string): (character: string) => boolean {
  const negated = inner.startsWith("!") || inner.startsWith("^");
  const members = negated ? inner.slice(1) : inner;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? "";
    const isRange = members[at + 1] === "-" && at + 2 < members.length;
    ranges.push([from, isRange ? (members[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated;
}
