import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const POLICY = `package main

deny contains msg if {
	some name
	input.resource.aws_s3_bucket[name][_].acl == "public-read"
	msg := sprintf("bucket %s is public", [name])
}

deny contains "no USER" if {
	input[_].Cmd == "from"
	not user
}

user if input[_].Cmd == "user"

deny contains "may write everything" if input.permissions == "write-all"
`;

const bucket = (name: string, acl: string): string =>
  `resource "aws_s3_bucket" "${name}" {\n  bucket = "x"\n  acl    = "${acl}"\n}\n`;

const FILES = {
  "portcullis.yaml": `version: 1
policies: [policy]
documents:
  - files: ["infra/*", Dockerfile]
    policies: [rules]
  - { files: ["ci/*.yml"], parser: yaml, policies: [rules] }
`,
  "policy/p.rego": 'package main\n\ndeny contains "no labels" if not input.metadata.labels\n',
  "rules/p.rego": POLICY,
  "apps/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { a: b } }\n",
  "infra/main.tf": bucket("old", "public-read"),
  Dockerfile: "FROM a:1\nUSER b\n",
  "ci/x.yml": "on:\n  push: {}\n",
};

interface Shown {
  readonly counts: { readonly manifests: number; readonly documents?: number };
  readonly findings: readonly {
    readonly message: string;
    readonly status: string;
    readonly location: { readonly path: string; readonly line: number };
  }[];
  readonly problems: readonly { readonly path?: string; readonly line?: number; readonly message: string }[];
  readonly checked: readonly { readonly path: string; readonly manifests: number; readonly documents?: number }[];
}

async function judged(directory: string, args: readonly string[] = []) {
  const { code, out } = await portcullis(directory, ["check", "--no-schemas", "-o", "json", ...args]);
  const report = JSON.parse(out) as Shown;
  const findings = report.findings.map(({ message, status, location }) => [
    `${location.path}:${location.line}`,
    message,
    status,
  ]);
  return { code, report, findings };
}

test("policies of documents judge these files and nothing else, and every file is accounted for", async () => {
  const { code, report, findings } = await judged(directoryWith(FILES));
  expect(findings).toEqual([["infra/main.tf:3", "bucket old is public", "introduced"]]);
  expect([code, report.counts.manifests, report.counts.documents]).toEqual([1, 1, 3]);
  expect(report.checked).toEqual([
    { path: "Dockerfile", manifests: 0, documents: 1 },
    { path: "apps/pod.yaml", manifests: 1 },
    { path: "ci/x.yml", manifests: 0, documents: 1 },
    { path: "infra/main.tf", manifests: 0, documents: 1 },
  ]);
});

test("a change to documents is compared with the tree before it", async () => {
  const directory = directoryWith(FILES);
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  git(directory, "switch", "--quiet", "--create=change");
  write(directory, {
    "infra/main.tf": `# above\n${bucket("old", "public-read")}${bucket("new", "public-read")}`,
    Dockerfile: "# why\nFROM a:1\n",
    "ci/x.yml": "permissions: write-all\n",
  });
  git(directory, "commit", "--quiet", "--all", "--message=change");
  const { code, findings } = await judged(directory, ["--base", "main"]);
  expect(code).toBe(1);
  expect(findings).toEqual([
    ["Dockerfile:1", "no USER", "introduced"],
    ["ci/x.yml:1", "may write everything", "introduced"],
    ["infra/main.tf:4", "bucket old is public", "existing"],
    ["infra/main.tf:8", "bucket new is public", "introduced"],
  ]);
  git(directory, "switch", "--quiet", "--create=mended");
  write(directory, { "ci/x.yml": "permissions: {}\n" });
  git(directory, "commit", "--quiet", "--all", "--message=mend");
  const mended = await judged(directory, ["--base", "change"]);
  expect([mended.code, mended.findings.filter(([, , status]) => status === "fixed")]).toEqual([
    0,
    [["ci/x.yml:1", "may write everything", "fixed"]],
  ]);
});

test("a file of manifests that is a document too is judged as both", async () => {
  const directory = directoryWith({
    ...FILES,
    "portcullis.yaml": FILES["portcullis.yaml"].replace("ci/*.yml", "**/*.yaml"),
    "apps/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\npermissions: write-all\n",
  });
  const { report, findings } = await judged(directory);
  expect(findings).toEqual(
    expect.arrayContaining([
      ["apps/pod.yaml:3", "no labels", "introduced"],
      ["apps/pod.yaml:4", "may write everything", "introduced"],
    ]),
  );
  expect(report.checked).toContainEqual({ path: "apps/pod.yaml", manifests: 1, documents: 1 });
});

test.each<readonly [string, { readonly [path: string]: string }, object]>([
  [
    "cannot be parsed",
    { "infra/main.tf": "a = 1\nb = {\n" },
    { path: "infra/main.tf", message: /hcl2 cannot read it/ },
  ],
  ["has no parser", { "infra/notes": "x" }, { path: "infra/notes", message: /no parser reads a file of this name/ }],
  [
    "is matched by nothing",
    { "portcullis.yaml": FILES["portcullis.yaml"].replace('["ci/*.yml"]', '["pipelines/*.yml"]') },
    { path: "portcullis.yaml", line: 6, message: /"pipelines\/\*\.yml" matches no file/ },
  ],
  [
    "names policies that are not there",
    { "portcullis.yaml": FILES["portcullis.yaml"].replace("yaml, policies: [rules]", "yaml, policies: [none]") },
    { path: "portcullis.yaml", line: 6, message: /none: no such file or directory/ },
  ],
  [
    "names an unknown parser",
    { "portcullis.yaml": FILES["portcullis.yaml"].replace("parser: yaml", "parser: yml") },
    { path: "portcullis.yaml", line: 6, message: /parser/ },
  ],
])("documents: what %s is a problem at its line", async (_, change, problem) => {
  const { code, report } = await judged(directoryWith({ ...FILES, ...change }));
  const { message, ...place } = problem as { readonly message: RegExp };
  expect(code).toBe(2);
  expect(report.problems).toContainEqual(
    expect.objectContaining({ ...place, message: expect.stringMatching(message) }),
  );
});

test("documents: explain shows a finding, a policy, and why it finds nothing in one", async () => {
  const titled = POLICY.replace("package main", "# METADATA\n# title: Files are safe\npackage rules");
  const directory = directoryWith({ ...FILES, "rules/p.rego": titled });
  const finding = await portcullis(directory, ["explain", "infra/main.tf:3"]);
  expect(finding).toEqual(
    expect.objectContaining({ code: 0, out: expect.stringMatching(/^rules: bucket old is public\n/) }),
  );
  expect(finding.out).toContain('acl = "public-read"\n');
  expect((await portcullis(directory, ["explain", "rules"])).out).toContain("source  rules/p.rego\n");
  const silent = await portcullis(directory, ["explain", "rules", "Dockerfile"]);
  expect(silent).toEqual(expect.objectContaining({ code: 0, out: expect.stringMatching(/FAILS +not user/) }));
  const other = await portcullis(directory, ["explain", "main", "Dockerfile"]);
  expect(other).toEqual(
    expect.objectContaining({ code: 2, err: expect.stringContaining("main is not asked about Dockerfile") }),
  );
});
