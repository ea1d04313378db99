import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "@jest/globals";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

const POLICY = `# METADATA
# title: Workloads name a team
# custom:
#   id: workloads/team
package workloads.team

deny contains message if {
	not input.metadata.labels.team in data.teams
	message := sprintf("%s has no team", [input.metadata.name])
}
`;
const FILES = {
  "policies/team.rego": POLICY,
  "data/teams.yaml": "teams: [search]\n",
  "apps/web.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: web, labels: { team: nobody } }\n",
};

let directory: string;
let compiled: Ran;
beforeAll(async () => {
  directory = directoryWith(FILES);
  compiled = await portcullis(directory, ["compile", "-p", "policies", "-d", "data", "-o", "out/rules.portcullis"]);
});

const check = (where: string, file: string, ...more: readonly string[]): Promise<Ran> =>
  portcullis(where, ["check", "apps", "--no-schemas", "-p", file, ...more]);

test("check gives the findings of the policies, and compiles nothing", async () => {
  expect(compiled).toMatchObject({ code: 0, out: expect.stringMatching(/^out\/rules\.portcullis: 1 policy, /) });
  const cache = mkdtempSync(join(tmpdir(), "portcullis-cache-"));
  const args = ["check", "apps", "--no-schemas", "-o", "json", "--now", "2027-01-01"];
  const used = await portcullis(directory, [...args, "-p", "out/rules.portcullis"], { PORTCULLIS_CACHE_DIR: cache });
  expect(used).toMatchObject({ code: 1, out: expect.stringContaining("web has no team") });
  expect(existsSync(join(cache, "compiled"))).toBe(false);
  const plain = await portcullis(directory, [...args, "-p", "policies", "-d", "data"]);
  // The digest of the policies tells what was compiled apart.
  const report = (text: string): unknown => ({ ...(JSON.parse(text) as object), policies: undefined });
  expect(report(used.out)).toEqual(report(plain.out));
});

test("where something does not compile, nothing is written", async () => {
  const broken = directoryWith({ ...FILES, "policies/other.rego": "package main\n\ndeny contains x if y\n" });
  const { code, err } = await portcullis(broken, ["compile", "-p", "policies", "-o", "rules.portcullis"]);
  expect(code).toBe(2);
  expect(err).toContain("problem[compile]: policies/other.rego:3: rego_unsafe_var_error: var x is unsafe\n");
  expect(existsSync(join(broken, "rules.portcullis"))).toBe(false);
});

const body = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf("\n") + 1 + 32);

/** The file with another header, and the digest that belongs to it. */
function rewritten(bytes: Buffer, from: string, to: string): Buffer {
  const frame = gunzipSync(body(bytes));
  const length = frame.readUInt32LE(0);
  const header = frame.toString("utf8", 4, 4 + length);
  expect(header).toContain(from);
  const [lead, text] = [Buffer.alloc(4), Buffer.from(header.replace(from, to))];
  lead.writeUInt32LE(text.length);
  const changed = gzipSync(Buffer.concat([lead, text, frame.subarray(4 + length)]));
  const digest = createHash("sha256").update(changed).digest();
  return Buffer.concat([bytes.subarray(0, bytes.indexOf("\n") + 1), digest, changed]);
}

const damaged = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 1, copy.length - 1);
  return copy;
};

test.each<[string, (bytes: Buffer) => Buffer, string]>([
  ["is damaged", damaged, "is damaged: its content has another digest than the one it was written with"],
  ["ends early", (bytes) => bytes.subarray(0, bytes.length - 9), "is damaged"],
  ["is something else", () => Buffer.from("x"), "expected a file that this version of portcullis compile wrote"],
  [
    "was made by another version",
    (bytes) => rewritten(bytes, '"toolchain":"', '"toolchain":"0'),
    "was compiled by another version of Portcullis; run portcullis compile with this one",
  ],
])("a file that %s is refused", async (_, change, message) => {
  const there = directoryWith(FILES);
  writeFileSync(join(there, "rules.portcullis"), change(readFileSync(join(directory, "out/rules.portcullis"))));
  const { code, out, err } = await check(there, "rules.portcullis");
  expect({ code, out, err }).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining(`error: rules.portcullis: ${message}`),
  });
});

test("a file is refused once the policies beside it have changed, and used where they are not", async () => {
  const bytes = readFileSync(join(directory, "out/rules.portcullis"));
  const changed = directoryWith({ ...FILES, "policies/team.rego": `${POLICY}# changed\n`, "out/x": "" });
  const elsewhere = directoryWith({ "apps/web.yaml": FILES["apps/web.yaml"] });
  writeFileSync(join(changed, "out/rules.portcullis"), bytes);
  writeFileSync(join(elsewhere, "rules.portcullis"), bytes);
  expect(await check(changed, "out/rules.portcullis")).toMatchObject({
    code: 2,
    err: "error: out/rules.portcullis: policies/team.rego has changed since it was compiled; run portcullis compile again\n",
  });
  expect(await check(elsewhere, "rules.portcullis")).toMatchObject({
    code: 1,
    out: expect.stringContaining("web has no team"),
  });
});

test.each([
  [["-p", "policies"], "compiled policies are used alone; compile the others with them"],
  [["-n", "main"], "its packages were chosen when it was compiled"],
])("%j beside a compiled file is refused", async (more, message) => {
  expect(await check(directory, "out/rules.portcullis", ...more)).toMatchObject({
    code: 2,
    err: `error: --policy out/rules.portcullis: ${message}\n`,
  });
});

test("a file that policies read and that has changed since is told", async () => {
  const where = directoryWith({
    ...FILES,
    "policies/team.rego": POLICY.replace("data.teams", 'parse_config_file("settings/teams.yaml").teams'),
    "policies/settings/teams.yaml": "teams: [nobody]\n",
  });
  expect(await portcullis(where, ["compile", "-p", "policies", "-o", "rules.portcullis"])).toMatchObject({ code: 0 });
  expect(await check(where, "rules.portcullis")).toMatchObject({ code: 0 });
  writeFileSync(join(where, "policies/settings/teams.yaml"), "teams: []\n");
  expect(await check(where, "rules.portcullis")).toMatchObject({
    code: 2,
    err: expect.stringContaining("policies/settings/teams.yaml has changed since it was compiled"),
  });
});

test("a policy that is a Kubernetes object, and has changed beside the file, is refused", async () => {
  const bound = (validations: string): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: team }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [pods] }]
  validations: [{ expression: "${validations}" }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: team }
spec: { policyName: team, validationActions: [Deny] }
`;
  const admission = directoryWith({ ...FILES, "policies/team.yaml": bound("object.metadata.labels.team != 'nobody'") });
  const args = ["compile", "-p", "policies", "-d", "data", "-o", "rules.portcullis"];
  expect((await portcullis(admission, args)).code).toBe(0);
  const found = await check(admission, "rules.portcullis", "-o", "json");
  expect(found.out).toContain('"policy": "validatingadmissionpolicy/team"');
  writeFileSync(join(admission, "policies/team.yaml"), bound("true"));
  expect(await check(admission, "rules.portcullis")).toMatchObject({
    code: 2,
    err: expect.stringContaining("policies/team.yaml has changed since it was compiled"),
  });
});
