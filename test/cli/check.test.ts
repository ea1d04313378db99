import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { directoryWith, portcullis, write } from "./run-portcullis.ts";

const TAG_POLICY = `# METADATA
# title: Images name a version
# related_resources:
# - ref: https://example.com/image-tag
package main

deny contains msg if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("container %s uses latest", [container.name])
}

warn contains "pods are better made by a Deployment" if input.kind == "Pod"
`;
const BAD_POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
    - name: web
      image: nginx:latest # soon pinned
`;
const GOOD = "apiVersion: v1\nkind: Service\nmetadata: { name: web }\n";
const SAID = "portcullis: no portcullis.yaml in the working directory: using the policies in policy/\n";

const base = { "policy/tag.rego": TAG_POLICY };

describe("what check prints, literally", () => {
  test("a finding is shown at its line with a caret, like a compiler would", async () => {
    const directory = directoryWith({ ...base, "apps/web.yaml": BAD_POD });
    expect(await portcullis(directory, ["check"])).toEqual({
      code: 1,
      err: SAID,
      out: `deny[main]: container web uses latest
 --> apps/web.yaml:9:7
  |
9 |       image: nginx:latest # soon pinned
  |              ^^^^^^^^^^^^
  = Pod shop/web: Images name a version
  = see https://example.com/image-tag
  = to waive it: portcullis waive bc6d8e82fc07 --reason "…"

warn[main]: pods are better made by a Deployment
 --> apps/web.yaml:2:1
  |
2 | kind: Pod
  |       ^^^
  = Pod shop/web: Images name a version

Not compliant: 1 finding blocks
1 manifest in 1 file judged by 1 policy · 2 findings
`,
    });
  });

  test.each([{ CI: "true" }, { FORCE_COLOR: "1" }])("a pipe gets no colour, whatever %j suggests", async (env) => {
    const directory = directoryWith({ ...base, "apps/web.yaml": BAD_POD });
    const { out } = await portcullis(directory, ["check"], env);
    expect(out).toMatch(/^deny\[main\]: container web uses latest\n/);
    expect(out).not.toContain("\u001b");
  });

  test("a clean directory says what was judged", async () => {
    const directory = directoryWith({ ...base, "apps/web.yaml": GOOD });
    expect(await portcullis(directory, ["check"])).toEqual({
      code: 0,
      err: SAID,
      out: "Compliant\n1 manifest in 1 file judged by 1 policy · 0 findings\n",
    });
  });

  test("a directory without manifests is no pass", async () => {
    const directory = directoryWith({ ...base, "README.md": "nothing here" });
    expect(await portcullis(directory, ["check"])).toEqual({
      code: 2,
      err: SAID,
      out: `problem[read]: no Kubernetes manifest under **

Could not be judged: 1 problem
No manifest judged · 0 findings · 1 problem
`,
    });
  });

  test("a directory without manifests passes where that is allowed, and does not read like a pass", async () => {
    const directory = directoryWith({ ...base, "README.md": "nothing here" });
    expect(await portcullis(directory, ["check", "--allow-empty"])).toEqual({
      code: 0,
      err: SAID,
      out: "Nothing was judged: no manifest\nNo manifest judged · 0 findings\n",
    });
  });

  test("names and messages cannot move a terminal's cursor or give a CI system commands", async () => {
    const name = "web\\e[2J\\r::error::owned ##[command]x";
    const directory = directoryWith({
      "policy/p.rego": `package main\n\ndeny contains sprintf("bad: %s\\n::warning::x", [input.metadata.name])\n`,
      "a.yaml": `apiVersion: v1\nkind: Pod\nmetadata:\n  name: "${name}"\n`,
    });
    const { code, out } = await portcullis(directory, ["check"]);
    expect(code).toBe(1);
    expect(out).toContain("deny[main]: bad: web\\x1b[2J\n");
    expect(out).toContain("  = ::error::owned ##\\[command]x\n");
    expect(out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(out).not.toMatch(/^\s*::/m);
  });

  test("a file beside the policies that is not used is named, and listed as skipped", async () => {
    const directory = directoryWith({
      "policy/p.rego": `package main\n\ndeny contains "never" if input.nothing\n`,
      "policy/notes.yaml": "a: 1\n",
      "apps/web.yaml": GOOD,
    });
    const { code, out, err } = await portcullis(directory, ["check", "apps", "-o", "json"]);
    expect([code, JSON.parse(out).skipped]).toEqual([
      0,
      [{ path: "policy/notes.yaml", reason: "not a policy: neither Rego nor an object that declares policies" }],
    ]);
    expect(err).toContain("policy/notes.yaml");
  });

  test("what policies print goes to stderr, with the line of the call and the manifest", async () => {
    const policy = `package main\n\ndeny contains "never" if {\n\tprint("seen", input.kind, input.spec.nothing)\n\tinput.spec.nothing\n}\n`;
    const directory = directoryWith({ "policy/p.rego": policy, "apps/web.yaml": GOOD });
    const { code, out, err } = await portcullis(directory, ["check", "apps"]);
    expect([code, err]).toEqual([0, `${SAID}print policy/p.rego:4: seen Service <undefined> (apps/web.yaml:1)\n`]);
    expect(out).not.toContain("seen");
    const again = await portcullis(directory, ["check", "apps"]);
    expect(again.err).toBe(err);
  });

  test("a value of a Secret is printed by no format", async () => {
    const directory = directoryWith({
      "policy/p.rego": `package main\n\ndeny contains sprintf("password is %s", [input.stringData.password])\n`,
      "s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData:\n  password: hunter2\n",
    });
    for (const format of ["pretty", "json", "sarif", "junit", "tap", "github", "markdown"]) {
      const { code, out } = await portcullis(directory, ["check", "-o", format]);
      expect([format, code, /(\\?\*){3}/.test(out), out.includes("hunter2")]).toEqual([format, 1, true, false]);
    }
  });
});

describe("exit codes", () => {
  const files = {
    ...base,
    "apps/web.yaml": BAD_POD,
    "warned/pod.yaml": BAD_POD.replace("latest", "1.2"),
    "good/service.yaml": GOOD,
    "broken/a.yaml": "a: [",
    "none/README.md": "",
    "other/p.rego": "package other\n\ndeny contains 3\n",
    "unsafe/p.rego": "package main\n\ndeny contains x if y\n",
    "calls/p.rego": 'package main\n\ndeny contains "x" if http.send({"method": "get", "url": "http://localhost"})\n',
    "ruleless/p.rego": "package main\n",
    "template/t.yaml": "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: { name: x }\n",
    "bundle.tar.gz": "",
    "typo.yaml": "version: 1\npolices: [policy]\n",
    "data/d.yaml": "names: [x]\n",
    "needs-data/p.rego": 'package main\n\ndeny contains "in data" if data.names[_] == "x"\n',
    "clock/p.rego": 'package main\n\ndeny contains "late" if time.now_ns() > 1893456000000000000\n',
    "old/p.rego": 'package main\n\ndeny["old"] { input.kind == "Service" }\n',
  };
  const directory = directoryWith(files);

  test.each([
    ["a finding that denies is 1", ["check", "apps"], 1],
    ["a warning is 0", ["check", "warned"], 0],
    ["a warning is 1 with --fail-on warn", ["check", "warned", "--fail-on", "warn"], 1],
    ["a finding is 0 with --fail-on never", ["check", "apps", "--fail-on", "never"], 0],
    ["a clean file is 0", ["check", "good/service.yaml"], 0],
    ["an unreadable file is 2", ["check", "broken"], 2],
    ["an unreadable file is 2 with --fail-on never", ["check", "broken", "--fail-on", "never"], 2],
    ["2 wins over 1", ["check", "apps", "broken"], 2],
    ["a directory without manifests is 2", ["check", "none"], 2],
    ["a directory without manifests is 0 with --allow-empty", ["check", "none", "--allow-empty"], 0],
    ["a namespace nobody has is 2", ["check", "good", "-n", "nobody"], 2],
    ["a namespace nobody has is 0 with --allow-empty", ["check", "good", "-n", "nobody", "--allow-empty"], 0],
    ["another namespace judges all the same", ["check", "apps", "-n", "main", "-n", "nobody", "--allow-empty"], 1],
    ["a policy set without a rule is 2", ["check", "good", "-p", "ruleless"], 2],
    ["a policy set without a rule is 0 with --allow-empty", ["check", "good", "-p", "ruleless", "--allow-empty"], 0],
    ["a policy that answers with a number is 2", ["check", "good", "-p", "other", "-n", "other"], 2],
    ["a policy that does not compile is 2", ["check", "good", "-p", "unsafe"], 2],
    ["a policy that calls http.send is 2", ["check", "good", "-p", "calls"], 2],
    ["a policy directory without Rego is 2", ["check", "good", "-p", "apps"], 2],
    ["a policy directory without Rego is 0 with --allow-empty", ["check", "good", "-p", "apps", "--allow-empty"], 0],
    ["a Gatekeeper template without a target is 2", ["check", "good", "-p", "policy", "-p", "template"], 2],
    ["an OPA bundle is 2", ["check", "good", "-p", "bundle.tar.gz"], 2],
    ["a configuration with a typo is 2", ["check", "good", "-c", "typo.yaml"], 2],
    ["data is seen by policies", ["check", "good", "-p", "needs-data", "-d", "data"], 1],
    ["without the data the policy is silent", ["check", "good", "-p", "needs-data"], 0],
    ["the time of --now is what policies see", ["check", "good", "-p", "clock", "--now", "2031-01-01T00:00:00Z"], 1],
    ["an earlier --now too", ["check", "good", "-p", "clock", "--now", "2029-01-01T00:00:00Z"], 0],
    ["Rego v0 is read as v0 where that is said", ["check", "good", "-p", "old", "--rego-version", "v0"], 1],
    ["Rego v0 read as v1 is 2", ["check", "good", "-p", "old"], 2],
    ["all namespaces judge", ["check", "good", "-p", "policy", "-p", "other", "--all-namespaces"], 2],
    ["no command is 2", [], 2],
    ["help is 0", ["check", "--help"], 0],
    ["the version is 0", ["--version"], 0],
  ] as const)("%s", async (_, args, code) => {
    const ran = await portcullis(directory, args);
    expect([ran.code, ran]).toEqual([code, expect.anything()]);
  });
});

describe("bad usage is exit code 2, nothing on stdout, and one line that says what was expected", () => {
  const directory = directoryWith({ ...base, "good/service.yaml": GOOD });

  test.each([
    [["chek"], "error: unknown command 'chek'\n(Did you mean check?)\nRun with --help for usage.\n"],
    [["check", "--outptu", "x"], "error: unknown option '--outptu'\n(Did you mean --output?)\nRun with --help"],
    [
      ["check", "-o", "xml"],
      "error: option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are pretty,",
    ],
    [["check", "nowhere"], "error: nowhere: no such file or directory\n"],
    [["check", "-"], "error: -: standard input is not supported; expected files or directories\n"],
    [["check", "-p", "nowhere"], "error: nowhere: no such file or directory\n"],
    [["check", "-c", "nowhere.yaml"], "error: --config nowhere.yaml: no such file\n"],
    [["check", "--now", "yesterday"], "error: --now yesterday: expected a time like 2027-01-31T12:00:00Z\n"],
    [["check", "--head", "x"], "error: --head needs --base\n"],
    [["check", "-n", "a", "--all-namespaces"], "error: --namespace and --all-namespaces cannot be used together\n"],
    [["check", "--base", "main"], "error: --repo .: "],
    [["check", "good", "--output-file", "nowhere/x"], `${SAID}error: cannot write nowhere/x: ENOENT`],
    [
      ["check", "-o", "json", "-o", "sarif"],
      "error: -o json, sarif: expected one report for stdout, and files for others",
    ],
    [["check", "-o", "json=a", "--output-file", "b"], "error: --output-file: every report has a file already\n"],
    [["check", "-o", "json="], "error: option '-o, --output <format>' argument 'json=' is invalid. Expected a file"],
    [["test", "--threshold", "lots"], "error: --threshold lots: expected a percentage from 0 to 100\n"],
    [["test", "--run", "("], "error: --run: Invalid regular expression"],
    [["compile"], "error: required option '-o, --output <file>' not specified\n"],
    [["compile", "-o", "rules.bin"], "error: --output rules.bin: expected a name that ends in .portcullis\n"],
    [["lint", "nowhere"], "error: nowhere: no such file or directory\n"],
  ] as const)("%j", async (args, line) => {
    const { code, out, err } = await portcullis(directory, args, { GIT_CEILING_DIRECTORIES: join(directory, "..") });
    expect({ code, out, err: err.slice(0, line.length) }).toEqual({ code: 2, out: "", err: line });
  });
});

test("--output-file takes the report and leaves stdout empty", async () => {
  const directory = directoryWith({ ...base, "a.yaml": GOOD });
  const { code, out } = await portcullis(directory, ["check", "-o", "json", "--output-file", "report.json"]);
  expect([code, out]).toEqual([0, ""]);
  expect(JSON.parse(readFileSync(join(directory, "report.json"), "utf8"))).toMatchObject({
    version: 1,
    verdict: "pass",
  });
});

test("one run gives reports in several formats: one on stdout, the others in files", async () => {
  const directory = directoryWith({ ...base, "a.yaml": BAD_POD });
  const args = ["-o", "codequality=quality.json", "-o", "github", "-o", "sarif=report.sarif"];
  const { code, out } = await portcullis(directory, ["check", ...args]);
  expect(code).toBe(1);
  expect(out).toMatch(/^::error file=a\.yaml,/);
  const read = (name: string) => JSON.parse(readFileSync(join(directory, name), "utf8"));
  expect(read("report.sarif")).toMatchObject({ version: "2.1.0" });
  expect(read("quality.json")).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ severity: "critical", location: expect.objectContaining({ path: "a.yaml" }) }),
    ]),
  );
});

test("the same files, policies and time give the same bytes", async () => {
  const directory = directoryWith({ ...base, "a.yaml": BAD_POD, "b.yaml": GOOD });
  const once = () => portcullis(directory, ["check", "-o", "json", "--now", "2027-01-31"]);
  expect((await once()).out).toBe((await once()).out);
});

test("paths outside the working directory are judged and shown from there", async () => {
  const directory = directoryWith({ ...base, "apps/web.yaml": BAD_POD, "here/README.md": "" });
  const { code, out } = await portcullis(join(directory, "here"), ["check", "../apps", "-p", "../policy"]);
  expect(code).toBe(1);
  expect(out).toContain(" --> ../apps/web.yaml:9:7\n");
  expect(out).toContain("9 |       image: nginx:latest # soon pinned\n");
});

test("without configuration and policies the library that ships judges, and that is said", async () => {
  const directory = directoryWith({ "a.yaml": BAD_POD });
  const { code, out, err } = await portcullis(directory, ["check"]);
  expect([code, err]).toEqual([
    1,
    "portcullis: no portcullis.yaml and no policies/ or policy/ with policies in the working directory: using the shipped library\n",
  ]);
  expect(out).toContain("deny[images/tag]: ");
});

test("what METADATA says of a policy stands in JSON and SARIF", async () => {
  const policy =
    '# METADATA\n# custom:\n#   id: a/b\n#   severity: high\n#   controls: [CIS-1]\npackage a.b\n\nimport rego.v1\n\ndeny contains "no"\n';
  const directory = directoryWith({ "policy/p.rego": policy, "a.yaml": GOOD });
  const json = JSON.parse((await portcullis(directory, ["check", "-o", "json"])).out) as object;
  expect(json).toMatchObject({ findings: [{ policy: "a/b", severity: "high", controls: ["CIS-1"] }] });
  const sarif = JSON.parse((await portcullis(directory, ["check", "-o", "sarif"])).out) as object;
  const rule = { id: "a/b", properties: { severity: "high", tags: ["CIS-1"] } };
  expect(sarif).toMatchObject({ runs: [{ tool: { driver: { rules: [rule] } } }] });
});

// Other systems refuse such a name.
(process.platform === "linux" ? test : test.skip)("a directory that cannot be listed is 2, in one line", async () => {
  const directory = directoryWith({ ...base, "a.yaml": GOOD });
  mkdirSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0x61, 0xff])]));
  const { code, out, err } = await portcullis(directory, ["check"]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/^error: the directory a\ufffd cannot be listed: .*; its name is not UTF-8$/m);
});

test("a file is judged from /, where much cannot be listed and none of it is a policy", async () => {
  const outside = await portcullis("/", ["check", join(directoryWith({ "a.yaml": GOOD }), "a.yaml")]);
  expect([outside.code, outside.err]).toEqual([0, expect.stringContaining("using the shipped library")]);
});

test("a policy set that was never compiled has no package that nothing chose", async () => {
  const directory = directoryWith({ ...base, "a.yaml": GOOD });
  const nowhere = { PORTCULLIS_CACHE_DIR: "/dev/null/cache", TMPDIR: "/dev/null" };
  const { code, out, err } = await portcullis(directory, ["check"], nowhere);
  expect([code, err]).toEqual([2, SAID]);
  expect(out).toContain("problem[compile]: the policies could not be compiled: ");
});

test("findings in fixtures of the repository's own policies are explained", async () => {
  const directory = directoryWith({ ...base, "policy/fixtures/rejected-latest.yaml": BAD_POD });
  const { code, err } = await portcullis(directory, ["check"]);
  expect([code, err]).toEqual([
    1,
    `${SAID}portcullis: 2 findings are in fixtures or scenarios of policies: to leave them out, set manifests.exclude: ["**/fixtures/**", "**/scenarios/**"] in portcullis.yaml\n`,
  ]);
  write(directory, {
    "portcullis.yaml": 'version: 1\npolicies: [policy]\nmanifests: { exclude: ["**/fixtures/**"] }\n',
  });
  const after = await portcullis(directory, ["check", "--allow-empty"]);
  expect([after.code, after.err]).toEqual([0, ""]);
});

test("mode report lets through what would block, and says so", async () => {
  const directory = directoryWith({ ...base, "a.yaml": BAD_POD });
  write(directory, { "portcullis.yaml": "version: 1\npolicies: [policy]\nmode: report\n" });
  const { code, out, err } = await portcullis(directory, ["check"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("Not compliant: 1 finding would block (report only: nothing is blocked)\n");
});
