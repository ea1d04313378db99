import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Report } from "../../src/model/report.ts";
import { aliasBomb, BAD, base, mergeBomb, POLICY, problemsOf, report } from "./hostile-input.ts";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

// Every bad input ends as a problem with its place and exit code 2, and hides nothing of what stands beside it. Most are
// judged together in few runs of the built command, as an attacker would send them.

describe("files that cannot be read", () => {
  const isRoot = process.getuid?.() === 0;
  const outside = "cannot be read: the symbolic link leads out of the tree";
  const bomb = "The aliases of this document expand beyond the limit (an alias bomb?).";
  const deep = "The document nests deeper than 200 levels.";
  type Row = readonly [
    name: string,
    file: string,
    make: string | Uint8Array | ((path: string) => void),
    problem: string,
  ];
  const link = (target: string) => (path: string) => symlinkSync(target, path);
  const rows: readonly Row[] = [
    [
      "not YAML",
      "unparsable.yaml",
      "a: b\nkind: Pod\n  bad: [\n",
      "parse :3 This is not valid YAML: bad indentation of a mapping entry.",
    ],
    [
      "not JSON",
      "unparsable.json",
      '{"kind": "Pod"',
      "parse :1 This is not valid YAML: unexpected end of the stream within a flow collection.",
    ],
    ["an alias bomb", "alias.yaml", aliasBomb(), `parse :6 ${bomb}`],
    ["a bomb of merge keys", "merge.yaml", mergeBomb(), `parse :9 ${bomb}`],
    [
      "50 MB",
      "large.yaml",
      (path) => (writeFileSync(path, ""), truncateSync(path, 52_428_800)),
      "read :1 The file has 52428800 bytes; at most 10485760 are read.",
    ],
    [
      "100,000 documents",
      "many.yaml",
      "---\na: b\n".repeat(100_000),
      "parse :20002 The file has more than 10000 documents; the rest is not read.",
    ],
    ["100,000 nested lists", "deep.yaml", `a: ${"[".repeat(100_000)}`, `parse :1 ${deep}`],
    [
      "50,000 nested objects of JSON",
      "deep.json",
      `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
      `parse :1 ${deep}`,
    ],
    [
      "300 nested mappings",
      "steps.yaml",
      Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      `parse :200 ${deep}`,
    ],
    [
      "binary",
      "binary.yaml",
      Uint8Array.of(0x89, 0x50, 0, 1, 0xff, 0xfe),
      "read :1 The file is binary; expected UTF-8 text.",
    ],
    [
      "a NUL",
      "nul.yaml",
      "a: b\nc: \0d\n",
      "read :2 The text contains a NUL character, which Kubernetes refuses; remove it.",
    ],
    [
      "UTF-16",
      "utf16.yaml",
      Buffer.from("\ufeffa: b\n", "utf16le"),
      "read :1 The file is UTF-16; expected UTF-8. Save it as UTF-8.",
    ],
    ["Latin-1", "latin1.yaml", Buffer.from("a: b\nc: é\n", "latin1"), "read :2 The text is not valid UTF-8 here."],
    [
      "a key twice",
      "twice.yaml",
      "a: 1\na: 2\n",
      "parse :2 The key `a` appears twice in one mapping: first on line 1, again on line 2. Kubernetes would use the last one; keep only one.",
    ],
    [
      "git-crypt",
      "sealed.yaml",
      Buffer.from("\0GITCRYPT\0abc"),
      "read :1 The file is encrypted by git-crypt: it cannot be judged without the key.",
    ],
    [
      "a template outside of a chart",
      "template.yaml",
      "a: {{ .b }}\n",
      "parse :1 A mapping or a list is used as a key; Kubernetes expects a string. The text contains `{{ … }}`: it looks like a template that must be rendered before Kubernetes can read it.",
    ],
    ["a link out of the tree", "out.yaml", link("../../passwd"), `read : ${outside}: ../../passwd`],
    ["a link to an absolute path", "absolute.yaml", link("/etc/passwd"), `read : ${outside}: /etc/passwd`],
    [
      "a link to itself",
      "loop.yaml",
      link("loop.yaml"),
      "read : cannot be read: the symbolic link leads back to itself: loop.yaml",
    ],
    [
      "a link to nothing",
      "dangling.yaml",
      link("nothing.yaml"),
      "read : cannot be read: the target of the symbolic link does not exist: nothing.yaml",
    ],
    [
      "a pipe",
      "pipe.yaml",
      (path) => execFileSync("mkfifo", [path]),
      "read : cannot be read: it is not a regular file",
    ],
    ...(isRoot
      ? []
      : [
          [
            "no permission",
            "locked.yaml",
            (path: string) => (writeFileSync(path, BAD), chmodSync(path, 0)),
            "read : cannot be read: EACCES",
          ] as const,
        ]),
  ];
  if (isRoot) console.warn("skipped: a file without permission, for root may read everything");

  let judged: Report;
  let code: number | null;
  const byFile = new Map<string, string>();

  beforeAll(async () => {
    const directory = directoryWith(base);
    for (const [, file, make] of rows) {
      const path = join(directory, "m", file);
      if (typeof make === "function") make(path);
      else writeFileSync(path, make);
    }
    // A link to a directory is no way to hide what is in it.
    write(directory, { "elsewhere/hidden.yaml": BAD.replace("evil", "hidden") });
    symlinkSync("../elsewhere", join(directory, "m/apps"));
    const outcome = await report(directory, "m");
    ({ report: judged } = outcome);
    ({ code } = outcome.ran);
    for (const { path = "", stage, line, message } of judged.problems)
      byFile.set(path, `${stage} :${line ?? ""} ${message}`);
  });

  test("all together exit with 2, and what can be read is judged", () => {
    expect(code).toBe(2);
    expect(judged.verdict).toBe("error");
    expect(judged.problems).toHaveLength(rows.length);
    expect(judged.findings.map(({ location }) => location.path)).toEqual(["elsewhere/hidden.yaml", "m/evil.yaml"]);
  });

  test.each(rows)("%s is a problem at its place", (_name, file, _make, problem) => {
    expect(byFile.get(`m/${file}`)).toBe(problem);
  });
});

describe("runs that cannot be made", () => {
  test.each<[string, { readonly [path: string]: string }, readonly string[], string]>([
    ["an unknown option", base, ["check", "--polices", "policy"], "unknown option '--polices'"],
    ["an unknown format", base, ["check", "-o", "xml"], "is invalid. Allowed choices are"],
    ["an unknown command", base, ["chekc"], "unknown command 'chekc'"],
    ["a path that is not there", base, ["check", "nope"], "nope: no such file or directory"],
    ["a policy that is not there", base, ["check", "-p", "nope"], "nope: no such file or directory"],
    ["a configuration that is not there", base, ["check", "-c", "nope.yaml"], "--config nope.yaml: no such file"],
    ["a time that is none", base, ["check", "--now", "yesterday"], "--now yesterday: expected a time"],
    [
      "an output file that cannot be written",
      base,
      ["check", "m", "--output-file", "no/such/directory/r.json"],
      "cannot write no/such/directory/r.json: ENOENT",
    ],
    ["no repository", base, ["check", "--base", "main", "--repo", "m"], "not a Git repository"],
  ])("%s is said in one line", async (_name, files, args, said) => {
    const { code, out, err } = await portcullis(directoryWith(files), args, { GIT_CEILING_DIRECTORIES: "/" });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test("nothing to judge is a problem, unless that is asked for", async () => {
    const empty = directoryWith({ "policy/tag.rego": POLICY, "m/notes.txt": "" });
    const { ran, report: judged } = await report(empty, "m");
    expect([ran.code, problemsOf(judged)]).toEqual([2, ["read : no Kubernetes manifest under m"]]);
    expect((await report(empty, "m", "--allow-empty")).ran.code).toBe(0);
  });
});

describe("a change that is no good", () => {
  let directory: string;
  beforeAll(() => {
    directory = directoryWith({ "policy/tag.rego": POLICY, "m/ok.yaml": BAD.replace(":latest", ":1") });
    git(directory, "init", "-q", "-b", "main");
    git(directory, "add", "-A");
    git(directory, "commit", "-qm", "base");
  });

  test("an unknown base, and what history a shallow clone lacks, are said", async () => {
    const unknown = await portcullis(directory, ["check", "--base", "mian"]);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('"mian" names no commit')]);
    git(directory, "commit", "-q", "--allow-empty", "-m", "second");
    const shallow = directoryWith({});
    git(shallow, "clone", "-q", "--depth", "1", `file://${directory}`, "clone");
    const cut = await portcullis(join(shallow, "clone"), ["check", "--base", "HEAD~1"]);
    expect([cut.code, cut.err]).toEqual([
      2,
      expect.stringContaining("this clone is shallow, fetch the revision first"),
    ]);
  });

  test("a submodule, names that differ in case or accents, and a name that is a command are told apart", async () => {
    git(directory, "checkout", "-q", "-b", "odd");
    const paths = [
      "m/A.yaml",
      "m/a.yaml",
      "m/caf\u00e9.yaml",
      "m/cafe\u0301.yaml",
      "m/-rf.yaml",
      'm/it\'s "quoted" $(x).yaml',
      "m/new\nline.yaml",
    ];
    write(directory, Object.fromEntries(paths.map((path, at) => [path, BAD.replace("evil", `evil${at}`)])));
    git(directory, "add", "-A");
    git(directory, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor`);
    git(directory, "commit", "-qm", "odd");
    const { ran, report: judged } = await report(directory, "--base", "main");
    expect(ran.code).toBe(2);
    expect(judged.findings.map(({ location }) => location.path)).toEqual(paths.toSorted());
    expect(problemsOf(judged)).toEqual([expect.stringMatching(/^render vendor:1 .*submodule/)]);
    const pretty = await portcullis(directory, ["check", "--base", "main"]);
    expect(pretty.out).toContain("m/new\\nline.yaml");
  });
});

describe("output that goes nowhere", () => {
  test("a reader that goes away changes no exit code", async () => {
    const { code } = await portcullis(directoryWith(base), ["check", "m"], {}, (child) => child.stdout.destroy());
    expect(code).toBe(1);
  });

  test("a run that is interrupted has no verdict", async () => {
    const { code, out } = await portcullis(directoryWith(base), ["check", "m"], {}, (child) =>
      child.stderr.once("data", () => child.kill("SIGINT")),
    );
    expect({ code, out }).toEqual({ code: null, out: "" });
  });

  const hostile = "\u001b[31mred \u202erev\r\n::error::x\u0000";
  test.each(["pretty", "github", "tap", "junit", "sarif", "json", "markdown"])(
    "what manifests and policies say is harmless in %s, and a message of 1 MB is no trouble",
    async (format) => {
      const text = BAD.replace("name: evil", `name: ${JSON.stringify(hostile)}`);
      const policy = `package main\ndeny contains concat("", [input.metadata.name, input.metadata.annotations.long]) if true\n`;
      const long = text.replace("metadata: {", `metadata: { annotations: { long: ${"x".repeat(1_000_000)} },`);
      const { code, out } = await portcullis(directoryWith({ "policy/say.rego": policy, "m/a.yaml": long }), [
        "check",
        "m",
        "-o",
        format,
      ]);
      expect(code).toBe(1);
      for (const character of ["\u001b", "\u202e", "\u0000", "\r"]) expect(out.includes(character)).toBe(false);
      expect(out.split("\n").filter((line) => line.startsWith("::error::"))).toEqual([]);
    },
  );
});
