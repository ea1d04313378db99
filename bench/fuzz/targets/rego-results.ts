import { createJudge, defaultLimits } from "../../../src/rego/create-judge.ts";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Judgement } from "../../../src/model/violation.ts";
import type { Random } from "../../../test/manifest/generate-yaml.ts";
import { Unlike, mustBeAlike, mustHold, type FuzzTarget } from "../fuzzer.ts";
import { hostileText } from "../hostile-text.ts";
import { isGreen, judgeFiles } from "../judge-files.ts";

/** Each policy returns what the manifest holds, in another way. */
const POLICIES: { readonly [name: string]: string } = {
  // Whatever it is: a set is written as an object below.
  whole: "deny := input.spec.whole",
  items: "deny contains item if some item in input.spec.items",
  sets: "deny contains {item, [item]} if some item in input.spec.sets",
  wrapped: 'deny contains {"msg": item, "details": input.spec} if some item in input.spec.wrapped',
  comprehension: "deny := {item | some item in input.spec.comprehension}",
  old: "violation contains item if some item in input.spec.old",
  located: 'deny contains {"msg": "located", "_loc": item} if some item in input.spec.located',
};

type Key = keyof typeof POLICIES;

/** Whatever rules return is a finding or a problem, and never lost. */
export const target: FuzzTarget = {
  inTests: 600,
  async open(cacheDir) {
    const toolchain = createToolchain({ cacheDir });
    const files = Object.entries(POLICIES).map(([name, rule]) => ({
      path: `policies/${name}.rego`,
      text: `# METADATA\n# custom: { id: fuzz/${name} }\npackage fuzz.${name}\n\n${rule}\n`,
    }));
    const judge = await createJudge(
      { files, data: [], regoVersion: "v1" },
      { toolchain, now: "2026-02-01T12:00:00Z", cacheDir, ...defaultLimits },
    );
    if (judge.problems.length > 0) throw new Error(JSON.stringify(judge.problems));
    const apart = judge.apart?.();
    return {
      async run(random) {
        const spec = generate(random);
        const text = `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"x"},"spec":${spec}}`;
        const { manifests, problems } = readManifests("a.json", new TextEncoder().encode(text));
        const [manifest] = manifests;
        if (manifest === undefined) {
          mustHold(problems.length > 0, () => `neither read nor refused: ${text}`);
          return "not read";
        }
        const question = { manifest, operation: "CREATE" } as const;
        const [first, again] = await judge.judge([question, question]);
        if (first === undefined) throw new Unlike("no judgement");
        mustBeAlike(first, again, "judged twice");
        if (apart !== undefined) mustBeAlike([first], await apart.judge([question]), "judged apart");
        mustBeTold(first, manifest.value["spec"] as { readonly [key: string]: Json });
        const report = await judgeFiles({ "a.json": text }, { judge });
        mustBeAlike(report, await judgeFiles({ "a.json": text }, { judge }), "the file judged twice");
        const isClean = first.violations.length === 0 && first.problems.length === 0;
        mustBeAlike(isGreen(report), isClean, "green, and nothing returned");
        return isClean ? "nothing returned" : first.problems.length > 0 ? "problems" : "findings";
      },
      async close() {
        await judge.close();
        toolchain.close();
      },
    };
  },
};

/** Compares a judgement with what the rules return, which is plain to see from what they say. */
function mustBeTold({ violations, problems }: Judgement, spec: { readonly [key: string]: Json }): void {
  for (const name of Object.keys(POLICIES)) {
    const { messages, isWrong } = expectedOf(name, Object.hasOwn(spec, name) ? spec[name] : undefined);
    const found = new Set(violations.filter(({ policy }) => policy === `fuzz/${name}`).map(({ message }) => message));
    mustBeAlike([...found].toSorted(), [...new Set(messages)].toSorted(), `messages of ${name}`);
    const isTold = problems.some(
      ({ message, path }) => `${path} ${message}`.includes(`fuzz/${name}`) || (path ?? "").includes(`${name}.rego`),
    );
    mustBeAlike(isTold, isWrong, `a problem of ${name}: ${JSON.stringify(problems)}`);
  }
}

function expectedOf(
  name: Key,
  value: Json | undefined,
): { readonly messages: readonly string[]; readonly isWrong: boolean } {
  if (value === undefined) return { messages: [], isWrong: false };
  const items = itemsOf(value);
  switch (name) {
    case "whole":
      return Array.isArray(value) ? told(value as readonly Json[]) : { messages: [], isWrong: true };
    case "sets":
      return { messages: [], isWrong: items.length > 0 };
    case "wrapped":
      return told(items.map((item) => ({ msg: item })));
    case "located":
      return { messages: items.length > 0 ? ["located"] : [], isWrong: false };
    default:
      return told(items);
  }
}

/** What `some item in` goes through. */
function itemsOf(value: Json): readonly Json[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function told(items: readonly Json[]): { readonly messages: readonly string[]; readonly isWrong: boolean } {
  const messages = items.map((item) => {
    const message =
      typeof item === "object" && item !== null && !Array.isArray(item) && Object.hasOwn(item, "msg")
        ? (item as { readonly msg: Json }).msg
        : item;
    return typeof message === "string" && message !== "" ? message : undefined;
  });
  return {
    messages: messages.filter((message) => message !== undefined),
    isWrong: messages.includes(undefined),
  };
}

/** JSON that a rule may return, as text: some of it no JavaScript value can hold. */
function generate(random: Random): string {
  const names = Object.keys(POLICIES).filter(() => random.chance(0.3));
  return `{${names.map((name) => `"${name}":${random.chance(0.75) ? listOf(random) : json(random, 0)}`).join(",")}}`;
}

function listOf(random: Random): string {
  return `[${Array.from({ length: random.below(4) }, () => (random.chance(0.5) ? message(random) : json(random, 0))).join(",")}]`;
}

function message(random: Random): string {
  const text = random.chance(0.3) ? JSON.stringify(hostileText(random).slice(0, 500)) : '"no"';
  if (random.chance(0.5)) return text;
  const key = random.pick(["msg", "msg", "msg", "message", "Msg", "__proto__", "toString"]);
  const more = random.chance(0.5) ? `,${random.pick(KEYS)}:${json(random, 2)}` : "";
  return `{"${key}":${random.chance(0.8) ? text : json(random, 2)}${more}}`;
}

const KEYS = [
  '"details"',
  '"__proto__"',
  '"constructor"',
  '"_loc"',
  '"hasOwnProperty"',
  '"toString"',
  '"length"',
  '"0"',
  '""',
  '"metadata"',
  '"severity"',
  '"then"',
  '"toJSON"',
];
const SCALARS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1.5",
  "9007199254740993",
  "123456789012345678901234567890",
  '"\\u0000"',
  '""',
  '" "',
  '"NaN"',
  '"__proto__"',
  '"deny"',
];

/** What no document may hold. */
const UNREADABLE = ["1e400", "-1e400", '"\\ud800"', "NaN"];

function json(random: Random, depth: number): string {
  const kind = random.below(depth > 3 ? 3 : 6);
  if (random.chance(0.01)) return random.pick(UNREADABLE);
  if (kind < 3) return random.pick(SCALARS);
  if (random.chance(0.01)) return "[".repeat(150) + "]".repeat(150);
  const inner = Array.from({ length: random.below(3) }, () => json(random, depth + 1));
  if (kind === 3) return `[${inner.join(",")}]`;
  const keys = [...new Set(inner.map(() => random.pick(KEYS)))];
  return `{${keys.map((key, at) => `${key}:${inner[at]}`).join(",")}}`;
}
