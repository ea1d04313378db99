/** The number by which a compiled module asks its host whether a pattern matches; no builtin of OPA's has it. */
export const quickMatchNumber = 0x70_6f_72;

/** What the host answers: 0 leaves the question to OPA's own engine. */
export type QuickAnswer = 0 | 1 | 2;
const [leave, no, yes] = [0, 1, 2] as const;

const longestPattern = 200;
const longestText = 256;
const mostPatterns = 1_000;

// What RE2 and V8 read alike: characters, escaped punctuation, \d and \w, simple classes, groups, anchors, alternatives.
const atom =
  /[\w \-/:@=,%&#~"'!;<>]|\\[.+*?()|[\]{}^$\\/\-dw]|\[\^?-?(?:[A-Za-z0-9]-[A-Za-z0-9]|[\w./:@ ]|\\[.\-[\]\\dw])+-?\]|\./y;
const repetition = /[*+?]|\{\d{1,2}(?:,\d{0,2})?\}/y;
const structure = /\((?:\?:)?|[\^$|]/y;

/**
 * Answers whether a pattern matches a text as OPA's regex.match does, where V8 certainly answers alike and in good time:
 * for patterns of a small subset on short texts of printable ASCII. Any other pattern or text is left to OPA: RE2 never
 * takes long, which V8 cannot promise where repetitions are nested.
 */
export function createQuickMatch(): (pattern: string, text: string) => QuickAnswer {
  const known = new Map<string, RegExp | undefined>();
  return (pattern, text) => {
    if (text.length > longestText || !isPrintable(text)) return leave;
    if (!known.has(pattern)) {
      if (known.size >= mostPatterns) return leave;
      known.set(pattern, quickPattern(pattern));
    }
    const matcher = known.get(pattern);
    if (matcher === undefined) return leave;
    return matcher.test(text) ? yes : no;
  };
}

function isPrintable(text: string): boolean {
  return !/[^ -~]/.test(text);
}

/** V8's own pattern for one of the subset; undefined for any other. */
export function quickPattern(pattern: string): RegExp | undefined {
  if (pattern.length > longestPattern || !isPrintable(pattern)) return undefined;
  const ignoresCase = pattern.startsWith("(?i)");
  const body = ignoresCase ? pattern.slice(4) : pattern;
  if (!isQuick(body)) return undefined;
  try {
    return new RegExp(body, ignoresCase ? "i" : "");
  } catch {
    // What V8 refuses, OPA refuses or not in its own words.
    return undefined;
  }
}

function isQuick(body: string): boolean {
  let [repetitions, unbounded] = [0, 0];
  for (let at = 0; at < body.length;) {
    if (body[at] === ")") {
      at++;
      // A repeated group can make V8 try every way to split a text.
      if (body[at] === "?") [at, repetitions] = [at + 1, repetitions + 1];
      if (matchedAt(repetition, body, at) !== "") return false;
      continue;
    }
    const one = matchedAt(atom, body, at);
    const other = one === "" ? matchedAt(structure, body, at) : "";
    if (one === "" && other === "") return false;
    at += one.length + other.length;
    const repeated = matchedAt(repetition, body, at);
    if (repeated === "") continue;
    if (one === "") return false;
    at += repeated.length;
    repetitions++;
    if (repeated !== "?") unbounded++;
    // Neither what is lazy nor what is repeated twice.
    if (matchedAt(repetition, body, at) !== "") return false;
  }
  return repetitions <= 6 && unbounded <= 2;
}

function matchedAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
