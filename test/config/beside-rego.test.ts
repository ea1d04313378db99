import { describe, expect, test } from "@jest/globals";
import { besideRego } from "../../src/config/beside-rego.ts";
import { policySources } from "../../src/config/policy-sources.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

const rego = 'package pinned\n\n# a comment\nviolation contains {"msg": "x"} if input.kind == "Pod"\n';
const other = 'package other\nviolation[{"msg": "x"}] { input.review.object.metadata.labels.a }\n';
const constraint = "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Pinned\nmetadata: { name: a }\n";
const template = (text: string): string =>
  JSON.stringify({
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: "pinned" },
    spec: { crd: { spec: { names: { kind: "Pinned" } } }, targets: [{ target: "x", rego: text }] },
  });
const inCode = template("").replace(
  '"rego":""',
  `"code":[{"engine":"Rego","source":{"rego":${JSON.stringify(other)},"libs":[${JSON.stringify(rego)}]}}]`,
);

describe("what Gatekeeper would enforce is refused, and the rest is named", () => {
  test.each<[string, { readonly [path: string]: string }, readonly string[], readonly string[]]>([
    ["a template with Rego of its own", { "t.yaml": template(other) }, ["t.yaml:1"], []],
    ["its constraint too", { "c.yaml": constraint, "t.yaml": template(other) }, ["c.yaml:1", "t.yaml:1"], []],
    ["one document of several", { "t.yaml": `a: 1\n---\n${template(other)}` }, ["t.yaml:3"], []],
    [
      "one whose group is written in an escape",
      { "t.yaml": template(other).replace("gate", "g\\u0061te") },
      ["t.yaml:1"],
      [],
    ],
    ["Rego below code", { "t.json": inCode }, ["t.json:1"], []],
    [
      "a template that cannot be read",
      { "t.yaml": "apiVersion: templates.gatekeeper.sh/v1\na: {{ b }}\n" },
      ["t.yaml:1"],
      [],
    ],
    ["a template made from the policy", { "t.yaml": template(rego.replace("# a comment\n", "")) }, [], ["t.yaml"]],
    ["a constraint without a template", { "c.yaml": constraint }, [], ["c.yaml"]],
    ["YAML of any other kind", { "k.yaml": "kind: Kustomization\n", "x.yaml": "{{ a }}" }, [], ["k.yaml", "x.yaml"]],
  ])("%s", (_name, files, refused, unused) => {
    const beside = besideRego(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      [{ path: "p.rego", text: rego }],
    );
    expect(beside.problems.map(({ path, line }) => `${path}:${line}`)).toEqual(refused);
    expect(beside.unused).toEqual(unused);
  });
});

test("data and fixtures below a path of policies are used", async () => {
  const tree = memoryTree({
    "policy/p.rego": rego,
    "policy/data/d.yaml": "a: 1",
    "policy/fixtures/rejected-a.yaml": template(other),
    "policy/values.yaml": "a: 1",
    "policy/t.yaml": template(other),
    "elsewhere/t.yaml": template(other),
  });
  const { unused, refused, problems } = await policySources(tree, { policies: ["policy"], data: ["policy/data"] });
  expect([unused, refused.map(({ path }) => path), problems]).toEqual([["policy/values.yaml"], ["policy/t.yaml"], []]);
});
