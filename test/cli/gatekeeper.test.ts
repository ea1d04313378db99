import { describe, expect, test } from "@jest/globals";
import { blocksOf } from "../docs/blocks.ts";
import { constraint, nativeTemplate, template } from "../gatekeeper/policies.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const blocks = blocksOf("docs/gatekeeper.md");

/** The files of the page, each block with its path in the first line; the suite's files are parts of the first one. */
function documented(): { readonly [path: string]: string } {
  const files = Object.fromEntries(
    blocks.flatMap(({ language, text }) => {
      const path = language === "yaml" ? /^# (\S+)\n/.exec(text)?.[1] : undefined;
      return path === undefined ? [] : [[path, text.replace(/^.*\n/, "")] as const];
    }),
  );
  return { ...files, "portcullis.yaml": "version: 1\npolicies: [policies]\nmanifests: { include: [apps/**] }\n" };
}

const privilegedPod =
  "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, securityContext: { privileged: true } }] }\n";

describe("docs/gatekeeper.md", () => {
  test("the constraint finds the container of the Deployment as the page shows it", async () => {
    const { "policies/suite.yaml": _, ...files } = documented();
    const { code, out } = await portcullis(directoryWith(files), ["check", "--no-schemas"]);
    const shown = blocks.find(({ language }) => language === "text")?.text ?? "nothing";
    expect(code).toBe(1);
    expect(out).toContain(shown.trimEnd());
  });

  test("the suite passes", async () => {
    const files = documented();
    const [of = "", by = ""] = (files["policies/no-privileged.yaml"] ?? "").split("---\n");
    const { "policies/no-privileged.yaml": _, ...rest } = files;
    const directory = directoryWith({
      ...rest,
      "policies/no-privileged-template.yaml": of,
      "policies/no-privileged-constraint.yaml": by,
      "policies/samples/privileged.yaml": privilegedPod,
    });
    const { code, out } = await portcullis(directory, ["test", "-o", "tap"]);
    expect(out).toContain("ok 1 - no-privileged pods privileged");
    expect(code).toBe(0);
  });
});

const rego = `
package owned

violation[{"msg": msg}] {
  not input.review.object.metadata.labels.owner
  msg := "no owner"
}
`;
const suite = (body: string): string =>
  `apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\nmetadata: { name: owned }\ntests:\n  - name: labels\n    template: t.yaml\n    constraint: c.yaml\n    cases:\n${body}`;
const files = {
  "p/t.yaml": template("Owned", rego),
  "p/c.yaml": constraint("Owned", "all"),
  "p/bad.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n",
  "p/good.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { owner: me } }\n",
};

test.each<[string, string, number, readonly string[]]>([
  [
    "cases that hold",
    "      - name: bad\n        object: bad.yaml\n        assertions: [{ violations: yes, message: owner }]\n      - name: good\n        object: good.yaml\n        assertions: [{ violations: no }]\n",
    0,
    ["2 passed", "2 cases of suites"],
  ],
  [
    "a case that does not hold",
    "      - name: good\n        object: good.yaml\n        assertions:\n          - violations: 1\n",
    1,
    ["owned labels good", "line 12: expected 1 violation, got 0"],
  ],
  [
    "a missing file",
    "      - name: gone\n        object: gone.yaml\n        assertions: [{ violations: no }]\n",
    2,
    ["line 10: gone.yaml: no such file"],
  ],
  ["an unknown field", "      - name: a\n        objekt: a.yaml\n", 2, ["p/suite.yaml:10: unknown field objekt"]],
  [
    "a case that is skipped",
    "      - name: a\n        object: bad.yaml\n        skip: true\n        assertions: [{}]\n",
    0,
    ["1 skipped"],
  ],
])("a suite with %s", async (_name, body, expected, told) => {
  const directory = directoryWith({ ...files, "p/suite.yaml": suite(body) });
  const { code, out, err } = await portcullis(directory, ["test", "p"]);
  for (const one of told) expect(out + err).toContain(one);
  expect(code).toBe(expected);
});

test("labels of Namespaces and other objects of the tree count", async () => {
  const selector = constraint(
    "Owned",
    "all",
    "{ match: { kinds: [{ kinds: [Pod] }], namespaceSelector: { matchLabels: { strict: 'yes' } } } }",
  );
  const namespace = (name: string, strict: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { strict: '${strict}' } }\n`;
  const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: ${name} }\n`;
  const directory = directoryWith({
    "p/t.yaml": files["p/t.yaml"],
    "p/c.yaml": selector,
    "a/ns.yaml": `${namespace("one", "yes")}---\n${namespace("two", "no")}`,
    "a/pods.yaml": `${pod("one")}---\n${pod("two")}`,
  });
  const { code, out } = await portcullis(directory, ["check", "--no-schemas", "-p", "p", "-o", "json", "a"]);
  const { findings } = JSON.parse(out) as {
    readonly findings: readonly { readonly manifest: { readonly namespace: string } }[];
  };
  expect(findings.map(({ manifest }) => manifest.namespace)).toEqual(["one"]);
  expect(code).toBe(1);
});

const named = `validations: [{ expression: has(object.metadata.labels), message: no labels }]`;

test("a suite runs the code in CEL of a template, which decides in place of its Rego", async () => {
  const cases =
    "      - name: bad\n        object: bad.yaml\n        assertions: [{ violations: 1, message: no labels }]\n      - name: good\n        object: good.yaml\n        assertions: [{ violations: no }]\n";
  const directory = directoryWith({
    ...files,
    "p/t.yaml": nativeTemplate("Owned", named),
    "p/suite.yaml": suite(cases),
  });
  const { code, out } = await portcullis(directory, ["test", "p"]);
  expect(out).toContain("2 passed");
  expect(code).toBe(0);
});

test("without a configuration, templates and constraints in ./policies are the policies", async () => {
  const directory = directoryWith({
    "policies/t.yaml": nativeTemplate("Owned", named),
    "policies/c.yaml": constraint("Owned", "all", "{ match: { kinds: [{ kinds: [Pod] }] } }"),
    "apps/bad.yaml": files["p/bad.yaml"],
  });
  const { code, out, err } = await portcullis(directory, ["check", "--no-schemas", "apps"]);
  expect(err).toContain("using the policies in policies/");
  expect(out).toContain("deny[owned/all]: no labels");
  expect(code).toBe(1);
});
