import { expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const policy = `# METADATA
# title: Pods have an owner
# custom:
#   controls:
#   - CIS-Kubernetes/5.7.1
package main

import rego.v1

deny contains "no owner" if not input.metadata.labels.owner
`;

const files = {
  "p.rego": policy,
  "m/good.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { owner: x } }\n",
};
const bad = { ...files, "m/bad.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: b }\n" };

const run = (of: { readonly [path: string]: string }, ...args: readonly string[]) =>
  portcullis(directoryWith(of), ["compliance", "m", "-p", "p.rego", "--framework", "CIS-Kubernetes", ...args]);

test("a control is satisfied, not satisfied or not covered, and the exit code says the worst", async () => {
  const [clean, found] = [await run(files), await run(bad)];
  expect(clean).toMatchObject({ code: 0 });
  expect(clean.out).toContain("CIS Kubernetes Benchmark, section 5 1.9: 1 satisfied, 34 not covered");
  expect(found).toMatchObject({ code: 1 });
  expect(found.out).toContain("NOT SATISFIED 5.7.1: Namespaces separate resources (m/bad.yaml:3)");
  expect(found.out).toContain("not covered 5.1.1: ");
});

test("what cannot be judged leaves the other controls undetermined", async () => {
  const { code, out } = await run({ ...files, "m/broken.yaml": "a: [" });
  expect(code).toBe(2);
  expect(out).toContain("undetermined 5.7.1");
});

test("CSV has one row for each control", async () => {
  const { out } = await run(bad, "-o", "csv");
  const rows = out.trimEnd().split("\r\n");
  expect(rows).toHaveLength(36);
  expect(rows[0]).toBe(
    "framework,version,environment,control,title,status,policies,findings,first,waived,waived until",
  );
  expect(rows).toContain(
    "CIS-Kubernetes,1.9,,5.7.1,Namespaces separate resources,not-satisfied,main,1,m/bad.yaml:3,0,",
  );
});

test("JSON has the findings of each control", async () => {
  const { out } = await run(bad, "-o", "json");
  const { controls } = JSON.parse(out) as { controls: { control: string }[] };
  expect(controls.find(({ control }) => control === "5.7.1")).toMatchObject({
    status: "not-satisfied",
    policies: ["main"],
    findings: [{ policy: "main", path: "m/bad.yaml", line: 3 }],
  });
});

test("OSCAL assessment results refer from findings to observations, and repeat with the same time", async () => {
  const args = ["-o", "oscal", "--now", "2027-01-15T00:00:00Z"];
  const directory = directoryWith(bad);
  const again = () =>
    portcullis(directory, ["compliance", "m", "-p", "p.rego", "--framework", "CIS-Kubernetes", ...args]);
  const [one, two] = [await again(), await again()];
  expect(two.out).toBe(one.out);
  const results = (JSON.parse(one.out) as { "assessment-results": Oscal })["assessment-results"];
  expect(results.metadata).toMatchObject({ "oscal-version": "1.1.2", "last-modified": "2027-01-15T00:00:00.000Z" });
  const [result] = results.results;
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(results.uuid).toMatch(uuid);
  expect(result?.observations[0]).toMatchObject({ uuid: expect.stringMatching(uuid), methods: ["TEST"] });
  expect(result?.findings).toMatchObject([
    {
      target: { type: "objective-id", "target-id": "_5.7.1", status: { state: "not-satisfied" } },
      "related-observations": [{ "observation-uuid": result?.observations[0]?.uuid }],
    },
  ]);
  expect(result?.remarks).toContain("5.1.1: not-covered");
});

interface Oscal {
  readonly uuid: string;
  readonly metadata: object;
  readonly results: readonly {
    readonly findings: readonly object[];
    readonly observations: readonly { readonly uuid: string }[];
    readonly risks: readonly { readonly uuid: string }[];
    readonly remarks: string;
  }[];
}

const excepted = {
  ...bad,
  "portcullis.yaml": "version: 1\npolicies: [p.rego]\n",
  "waivers/b.yaml":
    "- policy: main\n  match: { name: b }\n  reason: moves in spring\n  ticket: SEC-1\n  owner: '@acme/shop'\n  expires: 2027-02-01\n",
};
const runExcepted = (...args: readonly string[]) => run(excepted, "--now", "2027-01-15T00:00:00Z", ...args);

test("a control whose findings are all waived is satisfied by exception, in every output", async () => {
  const text = await runExcepted();
  expect(text).toMatchObject({ code: 0 });
  expect(text.out).toContain(
    "satisfied by exception 5.7.1: Namespaces separate resources (m/bad.yaml:3, until 2027-02-01)",
  );
  expect((await runExcepted("-o", "csv")).out).toContain("resources,waived,main,1,m/bad.yaml:3,1,2027-02-01\r\n");
  const { controls } = JSON.parse((await runExcepted("-o", "json")).out) as { controls: { control: string }[] };
  expect(controls.find(({ control }) => control === "5.7.1")).toMatchObject({
    status: "waived",
    findings: [{ policy: "main", waiver: { path: "waivers/b.yaml", line: 1, expires: "2027-02-01" } }],
  });
  const oscal = (JSON.parse((await runExcepted("-o", "oscal")).out) as { "assessment-results": Oscal })[
    "assessment-results"
  ];
  const [result] = oscal.results;
  expect(result?.risks).toMatchObject([
    { title: "Waiver waivers/b.yaml:1", status: "deviation-approved", deadline: "2027-02-01T00:00:00Z" },
  ]);
  expect(result?.findings).toMatchObject([
    {
      target: { status: { state: "satisfied", reason: "other" } },
      "related-risks": [{ "risk-uuid": result?.risks[0]?.uuid }],
    },
  ]);
});

test("a control is not satisfied once the waiver has expired", async () => {
  expect(await run(excepted, "--now", "2027-02-01T00:00:00Z")).toMatchObject({ code: 1 });
});

test("a framework that does not ship is bad usage, with the list", async () => {
  const { code, err } = await run(files, "--framework", "CIS");
  expect(code).toBe(2);
  expect(err).toContain("--framework CIS: expected one of CIS-Kubernetes, ");
});
