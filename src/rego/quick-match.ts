/** The number with which a compiled module asks its host whether a pattern matches; no builtin of OPA has it. */
export const quickMatchNumber = 0x70_6f_72;

/** The answer of the host; 0 passes the question to the engine of OPA. */
export type QuickAnswer = 0 | 1 | 2;
const [leave, no, yes] = [0, 1, 2] as const;

const longestPattern = 200;
const longestText = 256;
const mostPatterns = 1_000;

// What RE2 and V8 interpret alike: characters, escaped punctuation, \d and \w, simple classes, groups, anchors,
// alternatives.
const atom =
  /[\w \-/:@=,%&#~"'!;<>]|\\[.+*?()|[\]{}^$\\/\-dw]|\[\^?-?(?:[A-Za-z0-9]-[A-Za-z0-9]|[\w./:@ ]|\\[.\-[\]\\dw])+-?\]|\./y;
const repetition = /[*+?]|\{\d{1,2}(?:,\d{0,2})?\}/y;
const structure = /\((?:\?:)?|[\^$|]/y;

/**
 * Creates a function that decides whether a pattern matches a string as regex.match of OPA does, if V8 certainly gives
 * the same answer fast: for a small subset of patterns on short strings of printable ASCII. Everything else is passed
 * to OPA: RE2 never takes long, while V8 may with nested repetitions.
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

/** The equivalent pattern of V8; undefined if the pattern is not in the subset. */
export function quickPattern(pattern: string): RegExp | undefined {
  if (pattern.length > longestPattern || !isPrintable(pattern)) return undefined;
  const ignoresCase = pattern.startsWith("(?i)");
  const body = ignoresCase ? pattern.slice(4) : pattern;
  if (!isQuick(body)) return undefined;
  try {
    return new RegExp(body, ignoresCase ? "i" : "");
  } catch {
    // OPA may accept what V8 rejects, and has its own messages.
    return undefined;
  }
}

function isQuick(body: string): boolean {
  let [repetitions, unbounded] = [0, 0];
  for (let at = 0; at < body.length;) {
    if (body[at] === ")") {
      at++;
      // A repeated group can make V8 try every way to split a string.
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
    // Neither lazy nor double repetitions.
    if (matchedAt(repetition, body, at) !== "") return false;
  }
  return repetitions <= 6 && unbounded <= 2;
}

function matchedAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
