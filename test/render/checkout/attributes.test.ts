import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { attributesOf, readAttributes, type AttributeValue } from "../../../src/render/checkout/attributes.ts";

const names = ["text", "eol", "filter", "ident", "working-tree-encoding", "binary", "mine"];

/** What Git itself answers for these files. */
function askGit(files: { readonly [path: string]: string }, paths: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-attributes-"));
  try {
    const options = { cwd: directory, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_ATTR_NOSYSTEM: "1" } };
    execFileSync("git", ["init", "-q"], options);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const stdout = execFileSync("git", ["check-attr", "-z", "--stdin", ...names], {
      ...options,
      input: paths.map((path) => `${path}\0`).join(""),
      stdio: ["pipe", "pipe", "ignore"],
    });
    const fields = stdout.toString().split("\0");
    return Array.from({ length: Math.floor(fields.length / 3) }, (_, at) => fields.slice(3 * at, 3 * at + 3).join(" "));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const shown = (value: AttributeValue): string =>
  value === true ? "set" : value === false ? "unset" : (value ?? "unspecified");

function ask(files: { readonly [path: string]: string }, paths: readonly string[]): readonly string[] {
  const of = attributesOf(Object.entries(files).map(([path, text]) => readAttributes(path, text)));
  return paths.flatMap((path) => {
    const found = of(path);
    return names.map((name) => `${path} ${name} ${shown(found.get(name)?.value)}`);
  });
}

const paths = [
  "a.yaml",
  "deploy/a.yaml",
  "deploy/deep/a.yaml",
  "deploy/deep/b.yml",
  "x y.yaml",
  "#a.yaml",
  "!a.yaml",
  "A.YAML",
];

test.each<[string, { readonly [path: string]: string }]>([
  ["names match at any depth", { ".gitattributes": "a.yaml text eol=crlf\n*.yml -text\n" }],
  [
    "paths are relative to their file",
    { ".gitattributes": "deploy/a.yaml ident\n/a.yaml filter=x\n", "deploy/.gitattributes": "/deep/*.yaml mine\n" },
  ],
  ["the last line wins", { ".gitattributes": "*.yaml eol=lf filter=x\n*.yaml eol=crlf !filter\n" }],
  ["the last value of a line wins", { ".gitattributes": "*.yaml eol=lf eol=crlf -text text\n" }],
  [
    "the nearest file wins",
    {
      ".gitattributes": "* working-tree-encoding=UTF-16\n",
      "deploy/.gitattributes": "* !working-tree-encoding\n",
      "deploy/deep/.gitattributes": "*.yml working-tree-encoding=latin1\n",
    },
  ],
  ["a macro", { ".gitattributes": "[attr]mine filter=x -text\n*.yaml mine\n*.yml -mine\n" }],
  [
    "a macro of macros, defined after use",
    { ".gitattributes": "*.yaml outer\n[attr]outer mine eol=crlf\n[attr]mine ident\n" },
  ],
  ["a macro between values", { ".gitattributes": "*.yaml text binary eol=lf\ndeploy/*.yaml binary text\n" }],
  ["a macro below the root is none", { "deploy/.gitattributes": "[attr]mine filter=x\n*.yaml mine\n" }],
  ["Git's own macro", { ".gitattributes": "* text=auto\n*.yaml binary\n" }],
  [
    "directories and negative patterns match nothing",
    { ".gitattributes": "deploy/ text\n!a.yaml text\n**/deep/ text\n" },
  ],
  ["everything below", { ".gitattributes": "deploy/** filter=x\n**/deep/* ident\ndeploy/**/b.yml eol=crlf\n" }],
  [
    "quoted names, comments and white space",
    {
      ".gitattributes":
        '"x y.yaml" text\n# a.yaml ident\n  \t a.yaml\tmine  \r\n\\#a.yaml ident\n\\!a.yaml ident\n"\\141.yaml" filter=o\n',
    },
  ],
  ["classes of characters", { ".gitattributes": "[a-b].y*ml mine\n?.YAML ident\n[!a].yml filter=x\n" }],
  ["case matters", { ".gitattributes": "*.yaml Text\n*.YAML text\n" }],
  [
    "a line that is too long",
    { ".gitattributes": `*.yaml text ${"x".repeat(2100)}\n*.yml text ${"x".repeat(2000)}\n` },
  ],
])("attributes are those that Git finds: %s", (_, files) => {
  expect(ask(files, paths)).toEqual(askGit(files, paths));
});
