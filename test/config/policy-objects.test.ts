import { describe, expect, test } from "@jest/globals";
import { policyObjects } from "../../src/config/policy-objects.ts";
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
const admissionPolicy = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n";
const inCode = template("").replace(
  '"rego":""',
  `"code":[{"engine":"Rego","source":{"rego":${JSON.stringify(other)},"libs":[${JSON.stringify(rego)}]}}]`,
);

const inCel = template("").replace(
  '"rego":""',
  `"code":[{"engine":"K8sNativeValidation","source":{}},{"engine":"Rego","source":{"rego":${JSON.stringify(rego)}}}]`,
);
const refusedKind = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: a }\n";

describe("objects that declare policies are judged, refused, or named as not used", () => {
  test.each<
    [
      string,
      { readonly [path: string]: string },
      {
        readonly objects?: readonly string[];
        readonly refused?: readonly string[];
        readonly unused?: readonly string[];
      },
    ]
  >([
    ["a template with Rego of its own", { "t.yaml": template(other) }, { objects: ["t.yaml:1"] }],
    ["its constraint too", { "c.yaml": constraint, "t.yaml": template(other) }, { objects: ["c.yaml:1", "t.yaml:1"] }],
    ["one document of several", { "t.yaml": `a: 1\n---\n${template(other)}` }, { objects: ["t.yaml:3"] }],
    [
      "one whose group is written in an escape",
      { "t.yaml": template(other).replace("gate", "g\\u0061te") },
      { objects: ["t.yaml:1"] },
    ],
    ["Rego below code", { "t.json": inCode }, { objects: ["t.json:1"] }],
    ["code in CEL beside Rego that a policy file has", { "t.json": inCel }, { objects: ["t.json:1"] }],
    [
      "a template that cannot be read",
      { "t.yaml": "apiVersion: templates.gatekeeper.sh/v1\na: {{ b }}\n" },
      { refused: ["t.yaml:2"] },
    ],
    [
      "a template made from the policy",
      { "t.yaml": template(rego.replace("# a comment\n", "")) },
      { unused: ["t.yaml"] },
    ],
    ["a constraint without a template beside Rego", { "c.yaml": constraint }, { unused: ["c.yaml"] }],
    ["a constraint without a template elsewhere", { "other/c.yaml": constraint }, { objects: ["other/c.yaml:1"] }],
    ["the items of a list", { "l.json": `{"kind":"List","items":[${template(other)}]}` }, { objects: ["l.json:1"] }],
    ["an admission policy", { "v.yaml": admissionPolicy }, { objects: ["v.yaml:1"] }],
    ["a dialect that no judge reads", { "k.yaml": refusedKind }, { refused: ["k.yaml:1"] }],
    [
      "YAML of any other kind",
      { "k.yaml": "kind: Kustomization\n", "x.yaml": "{{ a }}" },
      { unused: ["k.yaml", "x.yaml"] },
    ],
  ])("%s", (_name, files, { objects = [], refused = [], unused = [] }) => {
    const beside = policyObjects(
      Object.entries(files).map(([path, text]) => ({ path, text })),
      [{ path: "p.rego", text: rego }],
    );
    const places = (of: readonly { readonly path?: string; readonly line?: number }[]): readonly string[] =>
      of.map(({ path, line }) => `${path}:${line}`);
    expect(places(beside.objects)).toEqual(objects);
    expect(places(beside.refused)).toEqual(refused);
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
  const { sources, unused, refused, problems } = await policySources(tree, {
    policies: ["policy"],
    data: ["policy/data"],
  });
  expect((sources.objects ?? []).map(({ path }) => path)).toEqual(["policy/t.yaml"]);
  expect({ unused, refused, problems }).toEqual({ unused: ["policy/values.yaml"], refused: [], problems: [] });
});
