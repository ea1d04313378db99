import { afterAll, describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { createGatekeeperJudge } from "../../src/gatekeeper/gatekeeper-judge.ts";
import { identityOf } from "../../src/manifest/identity.ts";
import type { Judge, Question } from "../../src/model/judge.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { defaultLimits } from "../../src/rego/create-judge.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { constraint, objectsIn, template } from "./policies.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => toolchain.close());

async function judgeOf(files: { readonly [path: string]: string }): Promise<Judge> {
  const options = { toolchain, now: "2026-01-01T00:00:00Z", cacheDir: TEST_CACHE, ...defaultLimits };
  const judge = await createGatekeeperJudge(objectsIn(files), options);
  if (judge === undefined) throw new Error("there are no policies of Gatekeeper");
  return judge;
}

function question(text: string, more: Partial<Question> = {}): Question {
  const value = load(text) as JsonObject & { readonly apiVersion: string; readonly kind: string };
  const position = { path: "a.yaml", document: 0, line: 1, pointer: "" };
  const manifest = { identity: identityOf(value), apiVersion: value.apiVersion, value, position };
  return { manifest, operation: "CREATE", ...more };
}

async function found(judge: Judge, asked: Question): Promise<readonly string[]> {
  const [answer] = await judge.judge([asked]);
  expect(answer?.problems).toEqual([]);
  return (answer?.violations ?? []).map(({ policy, level, message, cause }) =>
    [policy, level, message, cause.pointer].join(" | "),
  );
}

const privileged = `
package privileged

violation[{"msg": msg}] {
  c := input.review.object.spec.containers[_]
  c.securityContext.privileged
  msg := sprintf("%v is privileged", [c.name])
}
`;
const podSpec = "{ containers: [{ name: a }, { name: b, securityContext: { privileged: true } }] }";
const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: p, namespace: shop }, spec: ${podSpec} }`;
const deployment = `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: d, namespace: shop }, spec: { template: { spec: ${podSpec} } } }`;
const cron = `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: c }, spec: { jobTemplate: { spec: { template: { spec: ${podSpec} } } } } }`;
const pods = "match: { kinds: [{ apiGroups: [''], kinds: [Pod] }] }";

describe("violations are found at the line that causes them", () => {
  const files = {
    "t.yaml": template("Privileged", privileged),
    "c.yaml": constraint("Privileged", "all", `{ ${pods} }`),
  };
  test.each([
    ["a Pod", pod, "/spec/containers/1/securityContext/privileged"],
    ["the Pod of a Deployment", deployment, "/spec/template/spec/containers/1/securityContext/privileged"],
    ["the Pod of a CronJob", cron, "/spec/jobTemplate/spec/template/spec/containers/1/securityContext/privileged"],
  ])("%s", async (_name, text, pointer) => {
    const judge = await judgeOf(files);
    expect(judge.problems).toEqual([]);
    expect(await found(judge, question(text))).toEqual([`privileged/all | deny | b is privileged | ${pointer}`]);
  });

  test("an ExpansionTemplate takes the place of the expansion of controllers", async () => {
    const expansion = `apiVersion: expansion.gatekeeper.sh/v1beta1
kind: ExpansionTemplate
metadata: { name: of-deployments }
spec:
  applyTo: [{ groups: [apps], kinds: [Deployment], versions: [v1] }]
  templateSource: spec.template
  enforcementAction: warn
  generatedGVK: { kind: Pod, group: "", version: v1 }
`;
    const judge = await judgeOf({ ...files, "e.yaml": expansion });
    expect(await found(judge, question(cron))).toEqual([]);
    expect(await found(judge, question(deployment))).toEqual([
      "privileged/all | warn | [Implied by of-deployments] b is privileged | /spec/template/spec/containers/1/securityContext/privileged",
    ]);
  });
});

test("a constraint that matches a controller and its Pod alike finds what they share once", async () => {
  const rego = `package named\nviolation[{"msg": "no label"}] { not input.review.object.metadata.labels.a }`;
  const judge = await judgeOf({ "t.yaml": template("Named", rego), "c.yaml": constraint("Named", "all") });
  expect(await found(judge, question("{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }"))).toHaveLength(1);
});

test.each([
  ["deny is the default", "{}", ["deny"]],
  ["warn", "{ enforcementAction: warn }", ["warn"]],
  ["dryrun", "{ enforcementAction: dryrun }", ["info"]],
  [
    "scoped to this place",
    "{ enforcementAction: scoped, scopedEnforcementActions: [{ action: warn, enforcementPoints: [{ name: gator.gatekeeper.sh }] }] }",
    ["warn"],
  ],
  [
    "the strictest of several",
    "{ enforcementAction: scoped, scopedEnforcementActions: [{ action: warn, enforcementPoints: [{ name: '*' }] }, { action: deny, enforcementPoints: [{ name: '*' }] }] }",
    ["deny"],
  ],
  [
    "scoped to another place",
    "{ enforcementAction: scoped, scopedEnforcementActions: [{ action: deny, enforcementPoints: [{ name: audit.gatekeeper.sh }] }] }",
    [],
  ],
])("enforcementAction: %s", async (_name, spec, levels) => {
  const judge = await judgeOf({
    "t.yaml": template("Privileged", privileged),
    "c.yaml": constraint("Privileged", "all", spec),
  });
  const [answer] = await judge.judge([question(pod)]);
  expect(answer?.violations.map(({ level }) => level)).toEqual(levels);
  expect(judge.warnings?.map(({ gap }) => gap)).toEqual(levels.length === 0 ? ["info"] : []);
});

test("libraries of one name are those of their own template", async () => {
  const rego = (name: string): string =>
    `package ${name}\nimport data.lib.words\nviolation[{"msg": words.say}] { true }`;
  const judge = await judgeOf({
    "a.yaml": `${template("One", rego("one"), { libs: 'package lib.words\nsay = "one"' })}---\n${constraint("One", "a")}`,
    "b.yaml": `${template("Two", rego("two"), { libs: 'package lib.words\nsay = "two"' })}---\n${constraint("Two", "b")}`,
  });
  expect(judge.problems).toEqual([]);
  const messages = (await found(judge, question(pod))).map((one) => one.split(" | ")[2]);
  expect(messages).toEqual(["one", "two"]);
});

test("parameters have the defaults of the schema", async () => {
  const rego = `package p\nviolation[{"msg": msg}] { msg := sprintf("%v %v", [input.parameters.least, input.parameters.name]) }`;
  const schema = "{ type: object, properties: { least: { type: integer, default: 3 }, name: { type: string } } }";
  const judge = await judgeOf({
    "t.yaml": template("P", rego, { schema }),
    "c.yaml": constraint("P", "a", "{ parameters: { name: x } }"),
  });
  expect((await found(judge, question(pod)))[0]).toContain("| 3 x |");
});

describe("other objects of the environment", () => {
  const fact = (judge: Judge, text: string) => judge.factsOf?.(question(text).manifest) ?? [];
  test("labels of the Namespace decide once they are known", async () => {
    const selector = "{ match: { namespaceSelector: { matchLabels: { team: a } } } }";
    const judge = await judgeOf({
      "t.yaml": template("Privileged", privileged),
      "c.yaml": constraint("Privileged", "all", selector),
    });
    const asked = question(pod);
    expect(judge.awaits?.(asked)).toEqual(["gatekeeper/namespace/shop"]);
    expect(await found(judge, asked)).toEqual([]);
    const facts = (team: string) =>
      fact(judge, `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { team: ${team} } } }`);
    const told = (team: string) => found(judge, { ...asked, facts: { digest: team, facts: facts(team) } });
    expect(await told("a")).toHaveLength(1);
    expect(await told("b")).toEqual([]);
    const unknown = await found(judge, { ...asked, facts: { digest: "", facts: [] } });
    expect(unknown).toEqual([expect.stringContaining("the Namespace shop is not in this environment")]);
  });

  test("data.inventory holds them", async () => {
    const rego = `package unique
violation[{"msg": msg}] {
  other := data.inventory.namespace[ns][_].Service[name]
  name != input.review.object.metadata.name
  other.spec.clusterIP == input.review.object.spec.clusterIP
  msg := sprintf("same as %v/%v", [ns, name])
}`;
    const judge = await judgeOf({ "t.yaml": template("Unique", rego), "c.yaml": constraint("Unique", "all") });
    const service = (name: string): string =>
      `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { clusterIP: 10.0.0.1 } }`;
    const facts = [...fact(judge, service("a")), ...fact(judge, service("b"))];
    const asked = question(service("a"), { facts: { digest: "1", facts } });
    expect(await found(judge, question(service("a")))).toEqual([]);
    expect(await found(judge, asked)).toEqual(["unique/all | deny | same as shop/b | /spec/clusterIP"]);
  });
});

test("an update is reviewed with the old object, a deletion only where the template says so", async () => {
  const rego = `package kept
violation[{"msg": msg}] {
  msg := sprintf("%v %v", [input.review.operation, input.review.oldObject.spec.a])
}`;
  const value = "{ apiVersion: v1, kind: Thing, metadata: { name: a }, spec: { a: 1 } }";
  const files = { "t.yaml": template("Kept", rego), "c.yaml": constraint("Kept", "all") };
  const judge = await judgeOf(files);
  const update = question(value, { operation: "UPDATE", oldObject: { spec: { a: 2 } } });
  expect((await found(judge, update))[0]).toContain("| UPDATE 2 |");
  expect(await found(judge, question(value, { operation: "DELETE" }))).toEqual([]);
  const called = { ...files, "t.yaml": `${files["t.yaml"].trimEnd()}\n      operations: [DELETE]\n` };
  expect((await found(await judgeOf(called), question(value, { operation: "DELETE" })))[0]).toContain("| DELETE 1 |");
});

describe("what Gatekeeper refuses is a problem with its line", () => {
  const good = template("Privileged", privileged);
  const typed = "{ type: object, properties: { least: { type: integer } } }";
  const cyclic = (name: string, other: string): string => `package lib.${name}\nf(x) = data.lib.${other}.f(x)`;
  test.each<[string, { readonly [path: string]: string }, string]>([
    [
      "a template without code",
      { "t.yaml": good.slice(0, good.indexOf("      rego:")) },
      "t.yaml:13: the template has no code",
    ],
    [
      "a Rego error, in the line of the YAML",
      { "t.yaml": good.replace("c.securityContext", "d.securityContext") },
      "t.yaml:19: rego_unsafe_var_error",
    ],
    [
      "no violation rule",
      { "t.yaml": good.replace("violation[", "deny[") },
      "t.yaml:15: the template has no violation rule",
    ],
    [
      "other data",
      { "t.yaml": good.replace("c.securityContext.privileged", "data.other.thing") },
      "t.yaml:19: a template may read data.lib and data.inventory only",
    ],
    [
      "a library outside of lib",
      { "t.yaml": template("Privileged", privileged, { libs: "package other\na = 1" }) },
      "t.yaml:24: a library of a template must be in a package below lib",
    ],
    [
      "libraries that call each other",
      { "t.yaml": template("Privileged", `${privileged}\nx { data.lib.a.f(1) }`, { libs: `${cyclic("a", "a")}` }) },
      "rego_recursion_error",
    ],
    [
      "a constraint without a template",
      { "c.yaml": constraint("Nothing", "a") },
      "c.yaml:2: no ConstraintTemplate among the policies makes the kind Nothing",
    ],
    [
      "parameters of a wrong type",
      {
        "t.yaml": template("P", privileged, { schema: typed }),
        "c.yaml": `${constraint("P", "a", "")}  parameters:\n    least: many\n`,
      },
      "c.yaml:7: spec.parameters.least: expected integer",
    ],
    [
      "parameters that the schema does not have",
      {
        "t.yaml": template("P", privileged, { schema: typed }),
        "c.yaml": `${constraint("P", "a", "")}  parameters:\n    lest: 1\n`,
      },
      "c.yaml:7: spec.parameters.lest: unknown field; did you mean least?",
    ],
    [
      "an action that does not exist",
      { "t.yaml": good, "c.yaml": constraint("Privileged", "a", "{ enforcementAction: block }") },
      'c.yaml:5: enforcementAction is "block"',
    ],
    [
      "two constraints of one name",
      {
        "t.yaml": good,
        "c.yaml": constraint("Privileged", "a"),
        "d.yaml": constraint("Privileged", "a", "{ enforcementAction: warn }"),
      },
      "d.yaml:3: Privileged a is also in c.yaml",
    ],
    [
      "an expansion of what it makes",
      {
        "e.yaml":
          "apiVersion: expansion.gatekeeper.sh/v1beta1\nkind: ExpansionTemplate\nmetadata: { name: e }\nspec:\n  applyTo: [{ groups: [''], kinds: [Pod], versions: [v1] }]\n  templateSource: spec\n  generatedGVK: { kind: Pod, version: v1 }\n",
      },
      "e.yaml:7: the ExpansionTemplate expands what it makes",
    ],
  ])("%s", async (_name, files, expected) => {
    const judge = await judgeOf(files);
    const told = judge.problems.map(({ path, line, message }) => `${path}:${line}: ${message}`);
    expect(told).toEqual([expect.stringContaining(expected)]);
  });
});

test("what only a cluster knows is told once for each policy", async () => {
  const asks = (body: string): string => `package a\nviolation[{"msg": "m"}] { ${body} }`;
  const judge = await judgeOf({
    "t.yaml": `${template("A", asks('input.review.userInfo.username == "x"'))}---\n${constraint("A", "one")}`,
    "u.yaml": `${template("B", asks('external_data({"provider": "p", "keys": []})'))}---\n${constraint("B", "one")}`,
    "m.yaml": "apiVersion: mutations.gatekeeper.sh/v1\nkind: Assign\nmetadata: { name: m }\n",
  });
  expect(judge.problems).toEqual([]);
  expect(judge.warnings?.map(({ path, line, gap }) => `${path}:${line} ${gap}`).toSorted()).toEqual([
    "m.yaml:2 warn",
    "t.yaml:16 info",
    "u.yaml:16 warn",
  ]);
});
