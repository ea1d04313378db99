import { expect, test } from "@jest/globals";
import type { Bench } from "../../src/model/bench.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n`;

const service = "apiVersion: v1\nkind: Service\nmetadata: { name: web }\n";

const named = (id: string, body: string): string =>
  `# METADATA\n# custom:\n#   id: ${id}\npackage ${id.replace("/", ".")}\n\n${body}\n`;

const policies = {
  "policies/cheap.rego": named("a/cheap", 'deny contains "is a Pod" if input.kind == "Pod"'),
  "policies/slow.rego": named(
    "z/slow",
    `deny contains "is 2000" if {
	input.kind == "Pod"
	some n in numbers.range(1, 2000)
	n * n == 4000000
	input.metadata.name == "b"
}

warn contains "never" if input.kind == "Nothing"`,
  ),
};

const files = {
  ...policies,
  "apps/a.yaml": pod("a"),
  "apps/b.yaml": `${pod("b")}---\n${pod("c")}`,
  "apps/web.yaml": service,
};

async function bench(of: { readonly [path: string]: string }, ...args: readonly string[]) {
  const { code, out, err } = await portcullis(directoryWith(of), ["bench", "apps", "-o", "json", ...args]);
  return { code, err, measured: JSON.parse(out) as Bench };
}

test("the slowest policy is first, with the manifests that it hit and the time of each rule", async () => {
  const { code, measured } = await bench(files);
  expect(code).toBe(0);
  expect(measured).toMatchObject({ version: 1, manifests: 4, findings: 4, problems: 0 });
  expect(measured.policies.map(({ policy, hits, findings }) => [policy, hits, findings])).toEqual([
    ["z/slow", 1, 1],
    ["a/cheap", 3, 3],
  ]);
  const [slow] = measured.policies;
  expect(slow?.rules).toEqual([
    { rule: "deny", path: "policies/slow.rego", line: 6, milliseconds: expect.any(Number), hits: 1, failures: 0 },
    { rule: "warn", path: "policies/slow.rego", line: 13, milliseconds: expect.any(Number), hits: 0, failures: 0 },
  ]);
  const times = measured.policies.flatMap(({ rules }) => rules.map(({ milliseconds }) => milliseconds));
  expect(measured.apart).toBeCloseTo(
    times.reduce((a, b) => a + b, 0),
    6,
  );
  expect(Math.min(...times, measured.together, measured.rounds)).toBeGreaterThan(0);
});

test("--namespace and --policy choose what is measured, as for check", async () => {
  const { measured } = await bench(files, "-p", "policies/slow.rego", "-p", "policies/cheap.rego", "-n", "a.cheap");
  expect(measured.policies.map(({ policy }) => policy)).toEqual(["a/cheap"]);
});

test("a rule that looks other objects up is measured with them", async () => {
  const { measured } = await bench({
    ...files,
    "policies/other.rego": named(
      "o/other",
      `deny contains "there is a Service" if {
	input.kind == "Pod"
	data.portcullis.inventory.namespace[_]["v1"].Service.web
}`,
    ),
  });
  const other = measured.policies.find(({ policy }) => policy === "o/other");
  expect(other).toMatchObject({ hits: 3, findings: 3 });
  expect(measured.manifests).toBe(4);
});

test("a rule without an answer is counted, and the exit code is 2", async () => {
  const { code, err, measured } = await bench({
    ...files,
    "policies/broken.rego": named(
      "b/broken",
      `kind := "x" if input.kind

kind := "y" if input.kind == "Pod"

deny contains kind if kind == "y"`,
    ),
  });
  expect(code).toBe(2);
  expect(err).toContain("problem[evaluate]: apps/a.yaml:1: policy b/broken: rule deny");
  expect(measured.problems).toBe(3);
  expect(measured.policies.find(({ policy }) => policy === "b/broken")?.rules[0]?.failures).toBe(3);
  expect(measured.policies.find(({ policy }) => policy === "a/cheap")?.hits).toBe(3);
});

/** A template and its constraint; `rego` tells of a violation. */
const gatekeeper = (rego: string): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: nopods }
spec:
  crd: { spec: { names: { kind: NoPods } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package nopods
        violation[{"msg": "a Pod"}] { input.review.kind.kind == "Pod"${rego} }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: NoPods
metadata: { name: none }
`;
const looking = (id: string, at: string): string =>
  named(id, `deny contains "there is a Service" if {\n\tinput.kind == "Pod"\n\t${at}[_]["v1"].Service.web\n}`);

test("Gatekeeper's policies are timed together, with the hits of each", async () => {
  const { code, measured } = await bench({ ...files, "policies/gatekeeper.yaml": gatekeeper("") });
  expect(code).toBe(0);
  expect(measured.others).toBeGreaterThan(0);
  const one = measured.policies.at(-1);
  expect(one).toMatchObject({ hits: 3, findings: 3, rules: [] });
  expect(one).not.toHaveProperty("milliseconds");
});

test.each([
  ["Rego", gatekeeper(""), looking("o/other", "data.portcullis.inventory.namespace")],
  [
    "Gatekeeper's",
    gatekeeper('; data.inventory.namespace[_]["v1"].Service.web'),
    named("o/other", 'deny contains "x"'),
  ],
])("%s policies that look other objects up make no others count twice", async (_, template, other) => {
  const { measured } = await bench({
    ...files,
    "policies/gatekeeper.yaml": template,
    "policies/other.rego": other,
    "apps/web.yaml": service.replace("name: web", "name: web, namespace: shop"),
  });
  const counted = measured.policies.map(({ policy, hits, findings }) => `${policy}: ${hits} of ${findings}`);
  const own = other.includes("inventory") ? "o/other: 3 of 3" : "o/other: 4 of 4";
  expect(counted.toSorted()).toEqual(["a/cheap: 3 of 3", "nopods/none: 3 of 3", own, "z/slow: 1 of 1"]);
});

test("the table says what each column is, and the totals", async () => {
  const { out } = await portcullis(directoryWith(files), ["bench", "apps"]);
  expect(out).toMatch(
    /^policy {3}time ms {2}share {2}µs\/manifest {2}hits {2}findings\nz\/slow .* {5}1 {9}1\na\/cheap /,
  );
  expect(out).toContain("\n4 manifests asked, 2 policies, 4 findings\nRego: ");
});
