/** Random numbers that a seed repeats. */
export interface Random {
  below(limit: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, chance: (share) => below(1e6) < share * 1e6, pick: (from) => from[below(from.length)]! };
}

// The rows of the table in docs/yaml.md, and what stands near them.
const SCALARS = (
  "yes on y Y YES Yes On ON no off n N NO Off OFF true True TRUE tRue false False FALSE null Null NULL ~ nUll " +
  "0777 0755 0o777 0O17 0b11 0B1 0b12 -0b11 1_000 1__0 0x1F 0X1f -0x1f +0x1f 0x 0o8 08 019 -08 00 -00 0_7 +1 -1 +-1 _1 1_ " +
  "1e3 1E3 1e-05 1e+5 1.5e3 .5 .5e3 5. 5.e2 +.5 -.5 . -. .. ... .e5 1.2.3 1e400 1e-400 .5e999 .1_0 ._5 .5_ 0.0 -0.0 -0 +0 0e0 -0e0 1e21 1e20 123456789e15 " +
  "0.1 0.000001 0.0000001 1.7976931348623157e308 4.9e-324 3.14159265358979323846264338 100000000000000000000 " +
  "9007199254740991 9007199254740992 9007199254740993 -9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 +18446744073709551615 " +
  "0xFFFFFFFFFFFFFFFF 0x1FFFFFFFFFFFFFFFF 0777777777777777777777 01777777777777777777777 02000000000000000000000 0b1111111111111111111111111111111111111111111111111111111111111111 " +
  "1:30 22:22 00:11:22:33:44:55 190:20:30.15 1:60 :1 1: a:b 2001-12-14 2001-12-14T21:59:43.10-05:00 2001-1-1 2001-13-45 20011214 " +
  ".nan .NaN .NAN .inf -.inf +.Inf .INF inf nan Infinity <<  <<x = ! !foo %x @x `x & * - -- --- ---- a#b #x a? ?a ?x -a :a a: " +
  "nginx nginx:latest http://x/y?z=1 registry.example.com:5000/a/b@sha256:00 100m 1Gi 0.5 80 8080 a-b a_b é 日本 😀 {{x}} {{.Values.x}} ${X} $(X) a,b a;b [x {x x] x} foo|bar >x |x"
).split(" ");
// What may stand anywhere without making a document unreadable.
const SAFE = SCALARS.filter((text) => !/[,[\]{}#&*!|>'"%@`?:]|^-$|^\.\.\.$|^---$|nan|NaN|NAN|inf|Inf|INF/.test(text));
const KEYS =
  "a b c d name image kind apiVersion spec y n on off 1 01 1.5 1.10 1e3 0x10 true null ~ .nan << <<  key-1 a.b/c é __proto__ constructor toString a:b ?q -k 2001-01-01 9223372036854775808 9223372036854775807".split(
    " ",
  );
const TAGS =
  "!!str !!int !!float !!bool !!null !!binary !!timestamp !!map !!seq !!set !!omap !!merge !foo !Ref ! !!foo !<tag:yaml.org,2002:str> !<!x> !<tag:yaml.org,2002:int> !e!x !%61 !!python/x".split(
    " ",
  );
const WORDS = [
  "plain words here",
  "two  spaces",
  "it's",
  'say "x"',
  "a # comment",
  "a #b",
  "tab\tin",
  "trailing ",
  "x: y",
  "aGVsbG8=",
  "gIE=",
  "aGVs\nbG8=",
  "a\\nb",
  "nbsp\u00a0x",
  "",
  " ",
];
const ESCAPES =
  "\\n \\t \\\" \\\\ \\/ \\' \\x41 \\xe9 \\u00e9 \\u2028 \\ud83d\\ude00 \\ud83d \\ude00 \\U0001F600 \\U00110000 \\0 \\a \\b \\e \\N \\_ \\L \\P \\  \\q \\x4 \\\t".split(
    " ",
  );
const NOISE = Array.from("\t\n\r :-?,[]{}#&*!|>'\"%@`~=<.0123456789abyn_+eExo\\/é\u0085\u2028\ufeff\u0000\u00a0😀");

interface Shape {
  readonly random: Random;
  readonly anchors: string[];
  /** The share of odd things: a document with many is refused by every reader. */
  readonly spice: number;
}

const PLAIN_KEYS = "name image kind apiVersion spec metadata labels app data items a b c d".split(" ");

/** A file that is mostly YAML and covers what readers take differently. The same seed gives the same bytes. */
export function generateFile(seed: number): Uint8Array {
  const random = createRandom(seed);
  const kind = random.below(10);
  let text: string;
  if (kind === 0) text = jsonValue(random, 0);
  else if (kind === 1) text = stream(random);
  else text = document(random);
  if (random.chance(0.25)) text = mutate(random, text, 1 + random.below(3));
  if (random.chance(0.06)) text = text.replaceAll("\n", "\r\n");
  if (random.chance(0.04)) text = `\ufeff${text}`;
  if (random.chance(0.1)) text = text.trimEnd();
  return new TextEncoder().encode(text);
}

/** Changes a few characters or lines. */
export function mutate(random: Random, text: string, times: number): string {
  let mutated = text;
  for (let count = 0; count < times; count++) {
    mutated = random.chance(0.6) ? mutateCharacters(random, mutated) : mutateLines(random, mutated);
  }
  return mutated;
}

function mutateCharacters(random: Random, text: string): string {
  const characters = Array.from(text);
  const at = random.below(characters.length + 1);
  const kind = random.below(5);
  if (kind === 0) characters.splice(at, 1);
  else if (kind === 1) characters.splice(at, 1, random.pick(NOISE));
  else if (kind === 2) characters.splice(at, 0, random.pick(NOISE));
  else if (kind === 3) characters.splice(at, 0, ...characters.slice(at, at + random.below(8)));
  else characters.splice(at, random.below(6));
  return characters.join("");
}

function mutateLines(random: Random, text: string): string {
  const lines = text.split("\n");
  const at = random.below(lines.length);
  const line = lines[at]!;
  const kind = random.below(7);
  if (kind === 0) lines.splice(at, 1);
  else if (kind === 1) lines.splice(random.below(lines.length), 0, line);
  else if (kind === 2) lines[at] = " ".repeat(1 + random.below(3)) + line;
  else if (kind === 3) lines[at] = line.replace(/^ {1,2}/, "");
  else if (kind === 4) lines[at] = line + random.pick([" ", " # c", "#c", ":", ": x", ",", " |", " >-", " -", '"']);
  else if (kind === 5)
    lines.splice(at, 0, random.pick(["", "  ", "# c", "    # c", "      x", "x: y", "- x", "...", "---"]));
  else lines[at] = line.replace(/(: |- ).*/, `$1${random.pick(SCALARS)}`);
  return lines.join("\n");
}

function stream(random: Random): string {
  const separators = [
    "---\n",
    "---\n",
    "---\n",
    "--- \n",
    "--- # c\n",
    "---\t\n",
    "---#c\n",
    "--- {a: 1}\n",
    "----\n",
    "...\n",
    "...\n---\n",
    "---\n\ufeff",
    "---\n---\n",
    "%YAML 1.1\n---\n",
    "--- |\n",
    " ---\n",
    "\n",
    "# c\n",
  ];
  let text = random.chance(0.5) ? random.pick(separators) : "";
  for (let left = 1 + random.below(3); left > 0; left--) {
    text += document(random);
    if (!text.endsWith("\n")) text += "\n";
    text += random.pick(separators);
  }
  return text;
}

function document(random: Random): string {
  const shape: Shape = { random, anchors: [], spice: random.pick([0, 0.02, 0.05, 0.1, 0.3, 1]) };
  const intro = random.chance(0.05) ? random.pick(["# c\n", "\n", "  \n", "\t\n", "#\n\n", "%TAG ! x\n", "? "]) : "";
  return intro + blockNode(shape, 0, 0, false).replace(/^\n/, "");
}

function scalar(shape: Shape, flow: boolean): string {
  const { random } = shape;
  if (!random.chance(shape.spice)) {
    const safe = random.pick(SAFE);
    const quote = random.below(4);
    return quote === 0 ? `"${safe}"` : quote === 1 ? `'${safe}'` : safe;
  }
  const kind = random.below(flow ? 8 : 10);
  if (kind < 5) return random.pick(SCALARS);
  if (kind === 5) return random.pick(WORDS);
  if (kind === 6) return `'${random.pick([...SCALARS, ...WORDS]).replaceAll("'", "''")}'`;
  if (kind === 7) {
    const inner = random
      .pick([...SCALARS, ...WORDS])
      .replaceAll("\\", "\\\\")
      .replaceAll('"', '\\"');
    return `"${inner}${random.chance(0.3) ? random.pick(ESCAPES) : ""}"`;
  }
  if (kind === 8) return "";
  return Array.from({ length: 1 + random.below(6) }, () => random.pick(NOISE.slice(4))).join("");
}

function properties(shape: Shape): string {
  const { random } = shape;
  let text = "";
  if (random.chance(shape.spice * 0.2)) text += `${random.pick(TAGS)} `;
  if (random.chance(0.02 + shape.spice * 0.1)) {
    const name = random.chance(shape.spice) ? random.pick(["x", "y", "a.b", "é", "a-1"]) : `n${random.below(3)}`;
    shape.anchors.push(name);
    text += `&${name} `;
  }
  if (text !== "" && random.chance(0.1)) text = text.split(" ").reverse().join(" ").trimStart() + " ";
  return text;
}

function alias(shape: Shape): string | undefined {
  if (!shape.random.chance(0.25) || shape.anchors.length === 0) return undefined;
  return `*${shape.random.pick(shape.anchors)}`;
}

/** A node whose text starts on the current line, or with a line feed. */
function blockNode(shape: Shape, depth: number, indent: number, inSequence: boolean): string {
  const { random } = shape;
  const kind = depth > 4 ? 9 : random.below(depth === 0 ? 7 : 12);
  if (kind < 4) return blockMapping(shape, depth, indent, inSequence);
  if (kind < 6) return blockSequence(shape, depth, indent);
  if (kind === 6) return `${properties(shape)}${flowNode(shape, depth)}${ending(random)}`;
  if (kind === 7) return blockScalar(shape, indent);
  if (kind === 8) return multiline(shape, indent);
  return `${alias(shape) ?? properties(shape) + scalar(shape, false)}${ending(random)}`;
}

function ending(random: Random): string {
  return random.chance(0.08)
    ? random.pick([" # c\n", "  \n", "\t\n", "\t# c\n", "#c\n", "\n\n", "\n# c\n", "\n  # c\n", "\n\t\n"])
    : "\n";
}

function blockMapping(shape: Shape, depth: number, indent: number, compact: boolean): string {
  const { random } = shape;
  const pad = " ".repeat(indent);
  let text = compact ? "" : `${properties(shape).trimEnd()}\n`;
  const seen = new Set<string>();
  for (let left = 1 + random.below(4); left > 0; left--) {
    let key = random.chance(shape.spice)
      ? random.chance(0.75)
        ? random.pick(KEYS)
        : scalar(shape, false)
      : random.pick(PLAIN_KEYS);
    if (shape.anchors.length > 0 && random.chance(0.08)) key = "<<";
    if (seen.has(key) && !random.chance(shape.spice / 4)) key = `k${left}`;
    seen.add(key);
    const lead = text === "" ? "" : random.chance(shape.spice * 0.05) ? pad + random.pick([" ", "\t"]) : pad;
    if (key === "<<" && shape.anchors.length > 0) {
      const one = `*${random.pick(shape.anchors)}`;
      text += `${lead}<<: ${random.chance(0.3) ? `[${one}, *${random.pick(shape.anchors)}]` : one}\n`;
      continue;
    }
    const explicit = random.chance(shape.spice * 0.2);
    const named = `${random.chance(shape.spice * 0.3) ? properties(shape) : ""}${key}`;
    text +=
      lead +
      (explicit ? `? ${named}\n${pad}:` : named + (random.chance(shape.spice) ? random.pick([" :", ":\t"]) : ":"));
    const step = random.chance(shape.spice * 0.5) ? random.below(5) : random.pick([2, 2, 4, 1]);
    const value = blockNode(shape, depth + 1, indent + step, false);
    text += value.startsWith("\n") ? value : ` ${value}`;
  }
  return text;
}

function blockSequence(shape: Shape, depth: number, indent: number): string {
  const { random } = shape;
  let text = `${properties(shape).trimEnd()}\n`;
  for (let left = 1 + random.below(4); left > 0; left--) {
    const gap = random.chance(shape.spice * 0.3) ? "\t" : random.pick([" ", " ", "  ", "   "]);
    const value = blockNode(shape, depth + 1, indent + 1 + gap.length, random.chance(0.7));
    text += `${" ".repeat(indent)}-${value.startsWith("\n") ? "" : gap}${value}`;
  }
  return text;
}

function flowNode(shape: Shape, depth: number): string {
  const { random } = shape;
  const kind = depth > 4 ? 2 : random.below(4);
  const space = (): string =>
    random.chance(shape.spice) ? random.pick(["  ", "\n  ", "\n", "\t", " # c\n   "]) : random.pick(["", " "]);
  if (kind === 0) {
    const items = Array.from({ length: random.below(4) }, () => space() + flowNode(shape, depth + 1) + space());
    return `[${items.join(",")}${random.chance(shape.spice) ? "," : ""}]`;
  }
  if (kind === 1) {
    const pairs = Array.from({ length: random.below(4) }, () => {
      const odd = random.chance(shape.spice);
      const plain = random.pick(odd ? KEYS : PLAIN_KEYS);
      const key = odd && random.chance(0.2) ? flowNode(shape, depth + 1) : random.chance(0.3) ? `"${plain}"` : plain;
      const colon = odd ? random.pick([":", " : ", "", ":\n ", ":\t"]) : ": ";
      return space() + key + colon + (colon === "" ? "" : flowNode(shape, depth + 1)) + space();
    });
    return `{${pairs.join(",")}${random.chance(shape.spice) ? "," : ""}}`;
  }
  if (random.chance(shape.spice * 0.1)) return `${random.pick(KEYS)}: ${scalar(shape, true)}`;
  return alias(shape) ?? properties(shape) + scalar(shape, true);
}

function blockScalar(shape: Shape, indent: number): string {
  const { random } = shape;
  const header =
    random.pick(["|", ">"]) +
    (random.chance(shape.spice) ? random.pick(["2", "1-", "+3", "-2", "0", "9"]) : random.pick(["", "-", "+"]));
  const pad = " ".repeat(Math.max(indent, random.chance(shape.spice * 0.3) ? 0 : 1) + random.pick([0, 0, 0, 1]));
  const lines = Array.from({ length: random.below(5) }, () => {
    const kind = random.below(8);
    if (kind === 0) return "";
    if (kind === 1) return " ".repeat(random.below(8));
    if (kind === 2) return `${pad}${random.pick(["  ", "\t", " \t"])}${random.pick(SCALARS)}`;
    if (kind === 3) return `${pad}# not a comment`;
    return pad + random.pick([...SCALARS, ...WORDS]);
  });
  return `${properties(shape)}${header}${random.chance(shape.spice) ? random.pick([" ", " # c", "#c"]) : ""}\n${lines.map((line) => `${line}\n`).join("")}`;
}

function multiline(shape: Shape, indent: number): string {
  const { random } = shape;
  const [open, close] = random.pick([
    ["", ""],
    ["'", "'"],
    ['"', '"'],
  ]) as readonly [string, string];
  const pad = " ".repeat(random.chance(shape.spice * 0.3) ? random.below(3) : indent + 1);
  const line = (): string =>
    !random.chance(shape.spice + 0.1)
      ? random.pick(["word", "two words", "", " deep"])
      : random.pick([
          "",
          "word",
          "two words",
          "a: b",
          "- x",
          "# c",
          "x # y",
          " deep",
          "\ttab",
          "end ",
          "end\\",
          "yes",
          "1",
          "---",
          "...",
          "%x",
          "? x",
          "a:",
        ]);
  const lines = Array.from({ length: 2 + random.below(3) }, (_, at) =>
    at === 0 ? random.pick(["word", "1", "two words", ""]) : pad + line(),
  );
  return `${properties(shape)}${open}${lines.join("\n")}${close}${ending(random)}`;
}

function jsonValue(random: Random, depth: number): string {
  const space = (): string => random.pick(["", "", "", " ", "\n", "\n  ", "\t"]);
  const kind = depth === 0 ? random.below(2) : random.below(depth > 3 ? 4 : 8) + 2;
  if (kind === 0 || kind === 6 || kind === 7) {
    const pairs = Array.from(
      { length: random.below(4) },
      (_, at) =>
        `${space()}"${random.pick(KEYS)}${random.chance(0.9) ? at : ""}"${space()}:${space()}${jsonValue(random, depth + 1)}${space()}`,
    );
    return `{${pairs.join(",")}}`;
  }
  if (kind === 1 || kind > 7)
    return `[${Array.from({ length: random.below(4) }, () => space() + jsonValue(random, depth + 1) + space()).join(",")}]`;
  if (kind === 2)
    return random.pick([
      "true",
      "false",
      "null",
      "0",
      "-0",
      "1.0",
      "1e5",
      "1E400",
      "-1.5e-7",
      "12345678901234567890",
      "123456789012345678901234567890",
      "9007199254740993",
    ]);
  if (kind === 3) return JSON.stringify(random.pick([...SCALARS, ...WORDS]));
  return `"${Array.from({ length: random.below(3) }, () => random.pick([...ESCAPES.slice(0, 16), "a", "é", "😀", "\u2028", "\u0085", "#", ": "])).join("")}"`;
}
