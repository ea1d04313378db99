import { expect, test } from "@jest/globals";
import { readPolicySet, type PolicySet } from "../../../src/app/rules/policy-set.ts";
import { describeRulesChange, type RulesChange } from "../../../src/app/rules/rules-change.ts";
import type { Engine } from "../../../src/engine/judge-engine.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { simpleJudge } from "../../gate/simple-judge.ts";
import { now } from "./policy-sets.ts";

const none: PolicySet = { kind: "none" };
const policies = simpleJudge().policies.map(({ id }) => id);

/** Rules as a tree has them: the configuration, and the simple judge with the policies of these ids. */
async function rules(
  config: string,
  { ids = policies, problems = [] }: { readonly ids?: readonly string[]; readonly problems?: readonly Problem[] } = {},
): Promise<Extract<PolicySet, { readonly kind: "set" }>> {
  const judge = simpleJudge({ problems, policies: ids.map((id) => ({ id, package: id })) });
  const tree = memoryTree({ "portcullis.yaml": `version: 1\n${config}` });
  const set = await readPolicySet(tree, async () => judge, now);
  if (set.kind === "none") throw new Error("there is a portcullis.yaml");
  return set;
}

const pod = (name: string, image: string, labels = "{ owner: me }"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, labels: ${labels} }\nspec: { containers: [{ name: main, image: "${image}" }] }\n`;
/** Two are denied and one is warned of, by the policies' own levels. */
const apps = {
  "apps/a.yaml": pod("a", "nginx:latest"),
  "apps/b.yaml": pod("b", "nginx:latest"),
  "apps/c.yaml": pod("c", "nginx:1", "{ tier: web }"),
};

async function described(
  proposed: PolicySet,
  {
    before = none,
    files = apps,
    examine = async () => [],
  }: {
    readonly before?: PolicySet;
    readonly files?: Readonly<Record<string, string>>;
    readonly examine?: Engine["examine"];
  } = {},
): Promise<RulesChange> {
  const after = memoryTree(files, "after");
  return describeRulesChange(await rules(""), proposed, before, { after, now, branch: "main", desired: {}, examine });
}

const edits =
  "This change edits the rules themselves. It is judged by the rules on main; its own rules take effect once it is merged.";
const onTheWholeTree = (proposed: string): string =>
  `On the whole tree after the merge, the rules in force give 2 denied, 1 warned; the proposed rules would give ${proposed}.`;

const noLonger =
  "This change would no longer block, in the whole tree, 2 findings: images/tag in Pod a (apps/a.yaml:4), images/tag in Pod b (apps/b.yaml:4).";

test.each<[string, string, readonly string[], string]>([
  ["nothing", "", [], "2 denied, 1 warned"],
  [
    "a lower level",
    "levels: { images/tag: warn }\n",
    ["This change lowers images/tag from the policy's own level to warn.", noLonger],
    "0 denied, 3 warned",
  ],
  ["a higher level", "levels: { meta/owner: deny }\n", [], "3 denied, 0 warned"],
  [
    "fewer manifests",
    "manifests: { exclude: ['apps/a.yaml', 'apps/b.yaml'] }\n",
    [
      "This change excludes manifests under apps/a.yaml.",
      "This change excludes manifests under apps/b.yaml.",
      noLonger,
    ],
    "0 denied, 1 warned",
  ],
])("a change of rules shows what they would find on the whole tree: %s", async (_, config, weakened, outcome) => {
  const { findings, problems, notes } = await described(await rules(config));
  expect(findings.map(({ message }) => message)).toEqual(weakened);
  expect(problems).toEqual([]);
  expect(notes).toEqual([edits, onTheWholeTree(outcome)]);
});

test("a policy that the change removes is named", async () => {
  const { findings } = await described(await rules("", { ids: ["meta/owner", "change/freeze"] }));
  expect(findings.map(({ message }) => message)).toEqual(["This change removes the policy images/tag."]);
});

test("a tree without manifests is no problem of the rules", async () => {
  const { notes } = await described(await rules(""), { files: {} });
  expect(notes[1]).toContain("the rules in force give 0 denied, 0 warned");
});

test("without portcullis.yaml after the merge nothing is compared", async () => {
  const { findings, problems, notes } = await described(none);
  expect(findings.map(({ message }) => message)).toEqual([
    expect.stringContaining("This change removes portcullis.yaml"),
  ]);
  expect({ problems, notes }).toEqual({ problems: [], notes: [edits] });
});

const broken: Problem = { stage: "compile", path: "policies/a.rego", line: 3, message: "unsafe variable" };

test.each<[string, readonly Problem[] | undefined, "introduced" | "existing"]>([
  ["had them too", [broken], "existing"],
  ["had them on another line", [{ ...broken, line: 9 }], "existing"],
  ["had none", [], "introduced"],
  ["had others", [{ ...broken, path: "policies/b.rego" }], "introduced"],
  ["had no rules", undefined, "introduced"],
])("problems of proposed rules where the tree before %s are %s", async (_, earlier, status) => {
  const before = earlier === undefined ? none : await rules("", { problems: earlier });
  const { problems, notes } = await described(await rules("", { problems: [broken] }), { before });
  expect(problems).toEqual([{ ...broken, status }]);
  expect(notes).toEqual([edits]);
});

test("the impact names each result that differs, and who owns its file", async () => {
  const files = { ...apps, CODEOWNERS: "apps/ @acme/shop\napps/b.yaml\n" };
  const { impact } = await described(await rules("levels: { images/tag: warn, meta/owner: deny }\n"), { files });
  const { before, after, entries = [] } = impact ?? {};
  expect({ before, after }).toEqual({ before: { denied: 2, warned: 1 }, after: { denied: 1, warned: 2 } });
  expect(entries.map(({ kind, policy, location, owners }) => [kind, policy, location.path, owners])).toEqual([
    ["blocked", "meta/owner", "apps/c.yaml", ["@acme/shop"]],
    ["allowed", "images/tag", "apps/a.yaml", ["@acme/shop"]],
    ["allowed", "images/tag", "apps/b.yaml", undefined],
  ]);
});

const failing: Problem = { stage: "evaluate", path: "policies/a_test.rego", line: 4, message: "test_x failed" };

test.each<[string, readonly Problem[], "introduced" | "existing"]>([
  ["passed", [], "introduced"],
  ["failed as well", [failing], "existing"],
])("a failing test of proposed policies, which before the change %s, is a problem", async (_, earlier, status) => {
  const [proposed, before] = [await rules(""), await rules("")];
  const examine: Engine["examine"] = async (of) => (of === proposed ? [failing] : earlier);
  const { problems } = await described(proposed, { before, examine });
  expect(problems).toEqual([{ ...failing, status }]);
});

test.each<[string, number | undefined, "introduced" | "existing"]>([
  ["enough", undefined, "introduced"],
  ["less", 70, "existing"],
  ["as much", 80, "existing"],
  ["more, and too little as well", 81, "introduced"],
])("coverage that is too low, where before the change it was %s, is a problem", async (_, earlier, status) => {
  const [proposed, before] = [await rules("tests: { coverage: 10 }\n"), await rules("")];
  const tooLow = (measured: number) => ({ stage: "evaluate", message: `${measured} %`, measured }) as const;
  const asked: unknown[] = [];
  const examine: Engine["examine"] = async (of, required) => {
    asked.push(required?.config.tests);
    if (of === proposed) return [tooLow(80)];
    return earlier === undefined ? [] : [tooLow(earlier)];
  };
  const { problems } = await described(proposed, { before, examine });
  expect(problems).toEqual([{ stage: "evaluate", message: "80 %", status }]);
  // What is required is what the rules in force require.
  expect(asked).toEqual([undefined, undefined]);
});
