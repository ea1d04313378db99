import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const POLICY = `# METADATA
# custom: { id: pods/root }
package pods.root

deny contains msg if {
	some container in input.spec.containers
	container.securityContext.runAsUser == 0
	msg := sprintf("%s runs as root", [container.name])
}
`;
const FIXED = `# METADATA
# custom: { id: pods/host, waivable: false }
package pods.host

deny contains "uses the network of the node" if input.spec.hostNetwork
`;
const pod = (user: number, host = false): string => `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  hostNetwork: ${host}
  containers:
    - name: app
      securityContext: { runAsUser: ${user} }
`;
const FILES = { "policies/root.rego": POLICY, "policies/host.rego": FIXED };
const NOW = ["--now", "2027-01-01T12:00:00Z"];

test("a finding of a change is waived by the command that the check shows, once the base has the waiver", async () => {
  const directory = directoryWith(FILES);
  git(directory, "init", "-q", "-b", "main");
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "base");
  write(directory, { "apps/web.yaml": pod(0) });
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "root");
  const first = await portcullis(directory, ["check", "--base", "HEAD~1", ...NOW]);
  const [, fingerprint = ""] =
    /to waive it: portcullis waive ([0-9a-f]{12}) --base HEAD~1 --reason "…"/.exec(first.out) ?? [];
  expect(first.code).toBe(1);

  const reason = ["--reason", "the vendor's image", "--ticket", "SEC-1", "--owner", "@acme/shop"];
  const waived = await portcullis(directory, ["waive", fingerprint, "--base", "HEAD~1", ...reason, ...NOW]);
  expect({ code: waived.code, out: waived.out }).toEqual({
    code: 0,
    out: "wrote waivers/pods-root.yaml: a waiver until 2027-01-31\nFor pull requests it counts once it is on the branch that the rules are read from.\n",
  });
  expect(readFileSync(join(directory, "waivers/pods-root.yaml"), "utf8")).toBe(`- policy: pods/root
  match:
    kind: Pod
    namespace: shop
    name: web
    container: app
    path: apps/web.yaml
    pointer: /spec/containers/*/securityContext/runAsUser
  reason: the vendor's image
  ticket: SEC-1
  owner: '@acme/shop'
  expires: '2027-01-31'
`);

  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "waiver");
  const own = await portcullis(directory, ["check", "--base", "HEAD~2", ...NOW]);
  expect(own.code).toBe(1);
  expect(own.out).toContain(
    "waivers/pods-root.yaml:1 (pods/root) added by this change, does not count yet; it would cover 1 finding",
  );
  git(directory, "checkout", "-q", "-b", "fleet", "HEAD~2");
  git(directory, "checkout", "-q", "main", "--", "waivers");
  git(directory, "commit", "-qm", "waiver alone");
  write(directory, { "apps/web.yaml": pod(0) });
  git(directory, "add", "-A");
  git(directory, "commit", "-qm", "root");
  const merged = await portcullis(directory, ["check", "--base", "HEAD~1", ...NOW, "-o", "json"]);
  const { verdict, counts, findings } = JSON.parse(merged.out) as Report;
  expect({ verdict, waived: counts.waived, introduced: counts.introduced }).toEqual({
    verdict: "pass",
    waived: 1,
    introduced: 0,
  });
  expect(findings[0]?.waiver).toMatchObject({ path: "waivers/pods-root.yaml", line: 1, ticket: "SEC-1" });
});

test("nothing is written for what may not be waived, is not there, or would be refused", async () => {
  const directory = directoryWith({ ...FILES, "apps/web.yaml": pod(0, true), "waivers/own.yaml": "- {}\n" });
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await portcullis(directory, ["waive", "--reason", "r", ...NOW, ...args]);
    return [
      code,
      err
        .split("\n")
        .filter((line) => !line.includes("using the policies"))
        .join("\n")
        .trim(),
    ];
  };
  expect(await refused("apps/web.yaml:5")).toEqual([2, "error: pods/host may not be waived"]);
  expect(await refused("abcdef123456")).toEqual([2, expect.stringContaining("no finding has this fingerprint")]);
  expect(await refused("apps/web.yaml:8", "--expires", "2027-12-01")).toEqual([
    2,
    expect.stringContaining('"expires": 2027-12-01 is 334 days away; expected at most 90'),
  ]);
  expect(await refused("apps/web.yaml:8", "--file", "waivers/own.yaml")).toEqual([
    2,
    expect.stringContaining("nothing is written: waivers/own.yaml:1 would be refused"),
  ]);
});

test("a file that cannot be read is waived by its line", async () => {
  const directory = directoryWith({ ...FILES, "apps/web.yaml": pod(1), "apps/broken.yaml": "a: 1\na: 2\n" });
  const { code } = await portcullis(directory, ["waive", "apps/broken.yaml:2", "--reason", "a template", ...NOW]);
  expect(code).toBe(0);
  const checked = await portcullis(directory, ["check", ...NOW, "-o", "json"]);
  const { verdict, problems } = JSON.parse(checked.out) as Report;
  expect([verdict, problems[0]?.waiver?.path]).toEqual(["pass", "waivers/not-judged.yaml"]);
});

test("init --from converts what another tool is told to skip, and overwrites nothing", async () => {
  const annotation = "annotations: { ignore-check.kube-linter.io/privileged-container: an agent }";
  const directory = directoryWith({
    "apps/web.yaml": pod(1).replace("namespace: shop", `namespace: shop, ${annotation}`),
  });
  const { code, out } = await portcullis(directory, ["init", "--from", "kube-linter"]);
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/^wrote waivers\/from-kube-linter\.yaml: a waiver until \d{4}-\d\d-\d\d\n$/),
  });
  expect(readFileSync(join(directory, "waivers/from-kube-linter.yaml"), "utf8")).toContain("policy: pods/privileged");
  expect((await portcullis(directory, ["init", "--from", "kube-linter"])).code).toBe(2);
});
