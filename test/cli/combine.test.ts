import { expect, test } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

/** A rule over all documents, as people write it for conftest --combine. */
const policy = `package main

import rego.v1

deny contains msg if {
	some service in input
	service.contents.kind == "Service"
	not selected(service.contents.spec.selector)
	msg := sprintf("%s: Service %s selects nothing", [service.path, service.contents.metadata.name])
}

selected(selector) if {
	some other in input
	other.contents.kind == "Deployment"
	object.subset(other.contents.spec.template.metadata.labels, selector)
}
`;
const service = (app: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${app} }\nspec:\n  ports: [{ port: 80 }]\n  selector: { app: ${app} }\n`;
const deployment = (app: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${app} }\nspec: { selector: { matchLabels: { app: ${app} } }, template: { metadata: { labels: { app: ${app} } }, spec: { containers: [{ name: a, image: "a:1" }] } } }\n`;

async function findings(directory: string, ...args: readonly string[]) {
  const { code, out } = await portcullis(directory, ["check", "-p", "policy", "-o", "json", ...args]);
  const report = JSON.parse(out) as Report;
  return {
    code,
    problems: report.problems.map(({ path, line, message }) => `${path}:${line} ${message}`),
    found: report.findings.map(
      ({ status, location, message }) => `${status} ${location.path}:${location.line} ${message}`,
    ),
  };
}

test("a rule over all documents is shown in the one that it rests on", async () => {
  const directory = directoryWith({
    "policy/services.rego": policy,
    "apps/a.yaml": `${service("a")}---\n${service("b")}`,
    "apps/b.yaml": deployment("a"),
  });
  expect(await findings(directory, "--combine", "apps")).toEqual({
    code: 1,
    problems: [],
    found: ["introduced apps/a.yaml:13 apps/a.yaml: Service b selects nothing"],
  });
  write(directory, { "apps/c.yaml": deployment("b") });
  expect(await findings(directory, "--combine", "apps")).toEqual({ code: 0, problems: [], found: [] });
});

test("without the option the policy is a problem that names it", async () => {
  const directory = directoryWith({ "policy/services.rego": policy, "apps/a.yaml": service("a") });
  const { code, problems } = await findings(directory, "apps");
  expect(code).toBe(2);
  expect(problems).toEqual([
    expect.stringMatching(/^policy\/services\.rego:5 .*combine: in portcullis\.yaml, or `check --combine`$/),
  ]);
});

test("a change that breaks a document it does not touch introduces the finding there", async () => {
  const directory = directoryWith({
    "policy/services.rego": policy,
    "apps/a.yaml": service("a"),
    "apps/b.yaml": deployment("a"),
    "apps/old.yaml": service("old"),
  });
  git(directory, "init", "-q", "-b", "main");
  git(directory, "add", ".");
  git(directory, "commit", "-qm", "Start");
  write(directory, { "apps/b.yaml": deployment("z") });
  git(directory, "checkout", "-qb", "change");
  git(directory, "commit", "-qam", "Rename");
  expect(await findings(directory, "--combine", "--base", "main", "apps")).toEqual({
    code: 1,
    problems: [],
    found: [
      "introduced apps/a.yaml:6 apps/a.yaml: Service a selects nothing",
      "existing apps/old.yaml:6 apps/old.yaml: Service old selects nothing",
    ],
  });
});

test("what rests on no document is shown in the first", async () => {
  const directory = directoryWith({
    "policy/count.rego": `package main\n\nimport rego.v1\n\nwarn contains "few" if count([1 | some one in input; one.contents.kind]) < 3\n`,
    "apps/b.yaml": service("b"),
    "apps/a.yaml": service("a"),
  });
  const { code, found } = await findings(directory, "--combine", "apps");
  expect([code, found]).toEqual([0, ["introduced apps/a.yaml:1 few"]]);
});

const alone = `package main\n\nimport rego.v1\n\nwarn contains "it has no labels" if not input.metadata.labels\n`;

test("portcullis.yaml names those that get all manifests, and what both kinds import belongs to both", async () => {
  const library = "package lib.labels\n\nimport rego.v1\n\nof(object_) := object_.metadata.labels\n";
  const helped = (text: string): string => text.replace("import rego.v1", "import rego.v1\nimport data.lib.labels");
  const directory = directoryWith({
    "portcullis.yaml": `version: 1\npolicies: [policy]\ncombine: [policy/all]\nmanifests: { include: ["apps/**"] }\n`,
    "policy/lib/labels.rego": library,
    "policy/all/services.rego": helped(policy).replace(
      "other.contents.spec.template.metadata.labels",
      "labels.of(other.contents.spec.template)",
    ),
    "policy/alone.rego": helped(alone).replace("input.metadata.labels", "labels.of(input)"),
    "apps/a.yaml": `${service("a")}---\n${service("b")}`,
    "apps/b.yaml": deployment("a"),
  });
  const { code, out } = await portcullis(directory, ["check", "-o", "json"]);
  const report = JSON.parse(out) as Report;
  const found = report.findings.map(({ location, message }) => `${location.path}:${location.line} ${message}`);
  expect({ code, problems: report.problems, found: found.toSorted() }).toEqual({
    code: 1,
    problems: [],
    found: [
      "apps/a.yaml:13 apps/a.yaml: Service b selects nothing",
      "apps/a.yaml:3 it has no labels",
      "apps/a.yaml:10 it has no labels",
      "apps/b.yaml:3 it has no labels",
    ].toSorted(),
  });
});

test.each([
  [
    "a rule over one manifest among those that get all",
    { "portcullis.yaml": "version: 1\npolicies: [policy]\ncombine: [policy]\n", "policy/alone.rego": alone },
    /^policy\/alone\.rego:5 .* reads input\.metadata .* as of one manifest; expected rules over `input`, which is the list/,
  ],
  [
    "a path that holds none of the policies",
    { "portcullis.yaml": "version: 1\npolicies: [policy]\ncombine: [other]\n", "policy/alone.rego": alone },
    /^portcullis\.yaml:3 other: holds no Rego that policies: names/,
  ],
])("%s is a problem at its line", async (_, files, message) => {
  const directory = directoryWith({ ...files, "apps/a.yaml": service("a") });
  const { code, out } = await portcullis(directory, ["check", "-o", "json"]);
  const problems = (JSON.parse(out) as Report).problems.map((one) => `${one.path}:${one.line} ${one.message}`);
  expect([code, problems]).toEqual([2, [expect.stringMatching(message)]]);
});
