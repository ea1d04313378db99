import { DEFAULT_BUDGET } from "../../../src/manifest/budget.ts";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import { recognise } from "../../../src/manifest/recognise.ts";
import { toJsonText } from "../../../src/manifest/json-text.ts";
import { entryLines } from "../../../src/manifest/yaml-text.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";
import { compareFile, newTally, ourAnswers } from "../../../test/manifest/differential.ts";
import { generateFile, mutate, type Random } from "../../../test/manifest/generate-yaml.ts";
import { buildOracle } from "../../../test/manifest/oracle.ts";
import { isForbidden } from "../forbidding-judge.ts";
import { mustBeAlike, mustHold, type FuzzTarget, type Late } from "../fuzzer.ts";
import { isGreen, judgeAllWays } from "../judge-files.ts";
import { mutateBytes } from "../mutate-bytes.ts";

/** Manifests that violate, written in ways that readers take differently once a character changes. */
const VIOLATING = [
  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  hostNetwork: true\n  containers:\n    - name: app\n      image: nginx:latest\n",
  '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "app", "securityContext": {"privileged": true}}]}}\n',
  "x: &a { privileged: true }\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: app, securityContext: *a }] }\n",
  "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  base: &b\n    hostPID: yes\n  <<: *b\n",
  "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: fine }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { hostNetwork: on }\n---\n# end\n",
  "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: { name: web }\n    spec:\n      containers:\n        - name: app\n          image: >-\n            nginx:latest\n",
  'kind: "Pod"\n? apiVersion\n: v1\nmetadata:\n  name: web\n  annotations:\n    note: |\n      privileged: false\n      ---x\n    acme.example/unsafe: "true"\n',
  'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: web}\n  spec: {hostNetwork: !!bool "true"}\n',
];

/** Few of these are cases: each takes long, and one shows what a thousand do. */
const LARGE: readonly ((random: Random) => string)[] = [
  (random) => `a: ${"[".repeat(150 + random.below(5_000))}\n`,
  (random) => `a: ${"{a: ".repeat(150 + random.below(3_000))}\n`,
  (random) => Array.from({ length: 150 + random.below(200) }, (_, at) => `${" ".repeat(at)}a:\n`).join(""),
  (random) =>
    Array.from({ length: 4 + random.below(20) }, (_, at) =>
      at === 0 ? "a0: &a0 [x, x]\n" : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}, *a${at - 1}]\n`,
    ).join(""),
  (random) => `a: "${random.pick(["x", "\\n", "é", "\\u0041"]).repeat(100_000)}"\n`,
  (random) => `${random.pick(["{{", "? ", "- ", "!", "&", "'", "#", "%"]).repeat(20_000)}\n`,
  () => "---\n".repeat(11_000),
  (random) => Array.from({ length: 5_000 }, (_, at) => `k${random.chance(0.001) ? 0 : at}: ${at}\n`).join(""),
];

/** YAML files: read within budgets, as Kubernetes reads them, and never past a violation. */
export const target: FuzzTarget = {
  inTests: 500,
  async open() {
    const oracle = await buildOracle();
    let waiting: { readonly index: number; readonly file: Uint8Array; readonly green: boolean }[] = [];
    return {
      async run(random, index) {
        const file = generate(random);
        const reading = readManifests("f.yaml", file);
        for (const { path, message } of reading.problems)
          mustHold(path === "f.yaml" && message !== "", () => "a problem without a place or message");
        for (const answer of ourAnswers(file))
          if ("json" in answer) mustHold(!answer.json.startsWith("quick "), () => answer.json);
        for (const { value } of reading.manifests) mustReadPrinted(value);
        const report = await judgeAllWays({ "f.yaml": file });
        const green = isGreen(report);
        mustHold(
          !(green && reading.manifests.some(({ value }) => isForbidden(value))),
          () => "what is read violates, and passes",
        );
        if (file.length < 50_000) waiting.push({ index, file, green });
        return reading.problems.length > 0
          ? "refused"
          : green
            ? "passed"
            : report.findings.length > 0
              ? "found"
              : "nothing";
      },
      async settle() {
        const batch = waiting;
        waiting = [];
        if (oracle === undefined) return [];
        const answers = oracle(batch.map(({ file }) => file));
        const late: Late[] = [];
        for (const [at, { index, file, green }] of batch.entries()) {
          const tally = newTally();
          const read = answers[at] ?? [];
          compareFile(tally, file, read);
          for (const message of tally.different) late.push({ index, message });
          const violates = read.some(
            ({ yaml, split }) => split === undefined && yaml !== undefined && isViolating(yaml),
          );
          if (green && violates)
            late.push({ index, message: `Kubernetes reads a violation, and it passes: ${text(file)}` });
        }
        return late;
      },
      close: async () => {},
    };
  },
};

function generate(random: Random): Uint8Array {
  const kind = random.below(100);
  if (kind === 0) return new TextEncoder().encode(random.pick(LARGE)(random));
  if (kind < 30) return generateFile(random.below(2 ** 31));
  const violating = random.pick(VIOLATING);
  if (kind < 45)
    return mutateBytes(random, new TextEncoder().encode(violating), 1 + random.below(random.chance(0.7) ? 1 : 4));
  return new TextEncoder().encode(mutate(random, violating, 1 + random.below(random.chance(0.7) ? 1 : 4)));
}

/** What is printed is read as what was printed, in both of our forms. */
function mustReadPrinted(value: JsonObject): void {
  const json = toJsonText(value);
  // Aliases make more of a text than may be written out.
  if (json.length > DEFAULT_BUDGET.documentLength / 4) return;
  mustBeAlike(readAgain(json), json, "printed as JSON");
  const style = { step: 2, dash: 2 };
  const block = Object.entries(value).flatMap(([key, item]) => entryLines(key, item, 0, style));
  mustBeAlike(readAgain(`${block.join("\n")}\n`), json, "printed as a block");
}

function readAgain(printed: string): string {
  const { manifests, problems } = readManifests("p.yaml", new TextEncoder().encode(printed));
  const [first] = manifests;
  // A list is read as its items; they are what was printed.
  if (first?.position.pointer !== "" || problems.length > 0)
    return problems.length > 0 ? JSON.stringify(problems) : printed;
  return toJsonText(first.value);
}

function isViolating(json: string): boolean {
  return recognise(JSON.parse(json) as Json).some((found) => found.kind === "manifest" && isForbidden(found.value));
}

function text(file: Uint8Array): string {
  return JSON.stringify(new TextDecoder().decode(file).slice(0, 2_000));
}
