/** A policy with one small fault. */
export interface RegoMutant {
  readonly line: number;
  /** What was changed. */
  readonly what: string;
  readonly text: string;
}

interface Change {
  readonly what: string;
  /** Undefined: the line is dropped. */
  readonly line?: string;
}

/** All mutants of a policy, line by line. Some may not compile. Messages and METADATA stay as they are. */
export function regoMutants(text: string): readonly RegoMutant[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) =>
    changesOf(line).map(({ what, line: changed }) => ({
      line: at + 1,
      what,
      text: [...lines.slice(0, at), ...(changed === undefined ? [] : [changed]), ...lines.slice(at + 1)].join("\n"),
    })),
  );
}

function changesOf(line: string): readonly Change[] {
  const code = line.trim();
  if (code === "" || code.startsWith("#") || /^(?:package|import|default)\b|\bsprintf\(|^[\])}]|"msg"/.test(code))
    return [];
  const isInBody = line.startsWith("\t");
  const opens = /[[{(,]$/.test(code);
  return [
    ...(isInBody && !opens ? [{ what: `drop ${code}` }] : []),
    ...(isInBody && !opens ? negated(line, code) : []),
    ...constants(line),
  ];
}

function negated(line: string, code: string): readonly Change[] {
  if (code.includes(":=") || /^(?:some|every)\b|,$/.test(code)) return [];
  const other = code.startsWith("not ") ? code.slice(4) : `not ${code}`;
  return [{ what: `negate ${code}`, line: line.replace(code, () => other) }];
}

const replaced: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/ == /g, () => " != "],
  [/ != /g, () => " == "],
  [/ > /g, () => " >= "],
  [/ < /g, () => " <= "],
  [/\b(?:true|false)\b/g, (found) => String(found === "false")],
  [/(?<![\w."`])\d+(?![\w."`])/g, (found) => String(Number(found) + 1)],
  [/"[^"\\]+"/g, (found) => `"x${found.slice(1)}`],
];

function constants(line: string): readonly Change[] {
  // Patterns stand in raw strings, within which a change of one letter often changes nothing.
  const [before = ""] = line.split("`");
  return replaced.flatMap(([pattern, other]) =>
    [...before.matchAll(pattern)].map((match) => ({
      what: `${match[0].trim()} → ${other(match[0]).trim()} in ${line.trim()}`,
      line: line.slice(0, match.index) + other(match[0]) + line.slice(match.index + match[0].length),
    })),
  );
}
