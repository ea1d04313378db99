import { describe, expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

/** Enough files to be shared, among them those that are judged in a way of their own. */
const files: { readonly [path: string]: string } = {
  ...Object.fromEntries(
    Array.from({ length: 1_600 }, (_, i) => [
      `apps/${i % 7}/config-${i}.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${i}, namespace: n${i % 3}}\ndata: {number: "${i}"}\n`,
    ]),
  ),
  "apps/broken.yaml": "apiVersion: v1\nkind: [\n",
  "apps/empty.yaml": "",
  "apps/values.yaml": "replicas: 3\n",
  "apps/wrong.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wrong}\ndata: {number: 1}\nimmutable: text\n",
  "apps/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: deny-me}\n",
  "apps/widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: large}\n",
  "crds/widget.yaml":
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\n" +
    "spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions:\n" +
    "    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n" +
    "          type: object\n          properties: {spec: {type: object, properties: {size: {type: integer}}}}\n",
  "portcullis.yaml": 'policies: [policy]\nenvironments:\n  one: {paths: ["apps/1/**"]}\n  two: {paths: ["apps/**"]}\n',
  "policy/main.rego":
    'package main\n\nimport rego.v1\n\ndeny contains sprintf("%s ends in 7", [input.metadata.name]) if {\n' +
    '\tinput.kind == "ConfigMap"\n\tendswith(input.data.number, "7")\n}\n\n' +
    'deny contains sprintf("bad password %s", [input.stringData.password]) if startswith(input.stringData.password, "deny")\n',
};

const run = (directory: string, ...options: string[]) =>
  portcullis(directory, ["check", "-o", "json", "--no-cache", "--now", "2026-01-01T00:00:00Z", ...options]);

describe("threads", () => {
  test("give the report that one thread gives", async () => {
    const directory = directoryWith(files);
    const alone = await run(directory, "--threads", "1");
    const shared = [await run(directory, "--threads", "2"), await run(directory, "--threads", "4")];
    const report = JSON.parse(alone.out) as {
      readonly findings: readonly unknown[];
      readonly problems: readonly unknown[];
    };
    expect(report.findings.length).toBeGreaterThan(160);
    expect(report.problems.length).toBeGreaterThan(0);
    // Also in what is said beside it: no thread ended.
    for (const one of shared) expect(one).toEqual(alone);
  });

  test("do not decide which files a rule that fails leaves out", async () => {
    // Doubled 26 times, a text needs a gigabyte.
    const doublings = Array.from({ length: 26 }, (_, i) => `\tx${i + 1} := concat("", [x${i}, x${i}])\n`).join("");
    const hungry =
      'package main\n\nimport rego.v1\n\ndeny contains "many" if {\n\tinput.metadata.name == "c300"\n' +
      `\tx0 := "0123456789abcdef"\n${doublings}\tx26 == "x"\n}\n\n` +
      'deny contains "seven" if endswith(input.data.number, "7")\n';
    const directory = directoryWith({ ...files, "policy/main.rego": hungry });
    const alone = await run(directory, "--threads", "1");
    const shared = await run(directory, "--threads", "3");
    expect(alone.out).toContain("because on apps/6/config-300.yaml");
    expect(alone.code).toBe(2);
    expect(shared).toEqual(alone);
  });

  test.each(["0", "65", "many", "1.5"])("refuse --threads %s", async (count) => {
    const { code, err } = await run(directoryWith(files), "--threads", count);
    expect(code).toBe(2);
    expect(err).toContain(`--threads ${count}: expected a number from 1 to 64`);
  });
});
