import { afterAll, expect, test } from "@jest/globals";
import type { ParserName } from "../../src/model/document-parser.ts";
import { createDocumentParser } from "../../src/parsers/create-document-parser.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const parser = createDocumentParser({ cacheDir: TEST_CACHE });
/** Short for what does not end alone. */
let deadlineMs = 120_000;
const small = createDocumentParser({ cacheDir: TEST_CACHE, memoryLimitMiB: 64, deadlineMs: () => deadlineMs });
afterAll(() => {
  parser.close();
  small.close();
});

type Files = { readonly [path: string]: string };

const parse = (name: ParserName, text: string, others: Files = {}, by = parser) =>
  by.parse({
    path: "a/main",
    parser: name,
    files: new Map(
      Object.entries({ "a/main": text, ...others }).map(([path, content]) => [path, new TextEncoder().encode(content)]),
    ),
  });

test.each<readonly [ParserName, string, unknown, Files?]>([
  ["codeowners", "*.go @acme/core\n", { rules: [expect.objectContaining({ pattern: "*.go", lineNumber: 1 })] }],
  ["cyclonedx", '{"bomFormat":"CycloneDX","specVersion":"1.5"}', expect.objectContaining({ bomFormat: "CycloneDX" })],
  ["dockerfile", "FROM alpine:3\n", [[expect.objectContaining({ Cmd: "from", Value: ["alpine:3"] })]]],
  ["dotenv", "A=1\n", { A: "1" }],
  ["edn", "{:a 1}", { ":a": "1" }],
  ["groovy", "def x = 1\n", expect.anything()],
  ["hcl1", 'a = "b"\n', { a: "b" }],
  ["hcl2", 'r "x" "y" {\n  z = 1\n}\n', { r: { x: { y: [{ z: 1 }] } } }],
  ["hocon", "a { b = 1 }", { a: { b: 1 } }],
  [
    "ignore",
    "*.log\n",
    [[expect.objectContaining({ Kind: "Path", Value: "*.log" }), expect.objectContaining({ Kind: "Empty" })]],
  ],
  ["ini", "[s]\na = 1\nb = on\n", { s: { a: 1, b: "on" } }],
  ["json", '{"a":[1]}', { a: [1] }],
  ["jsonc", '{"a":1 // why\n}', { a: 1 }],
  ["jsonnet", '{ a: 1 + 1, b: import "b.libsonnet" }', { a: 2, b: { c: 3 } }, { "a/b.libsonnet": "{ c: 3 }" }],
  ["nginx", "user www;\n", { directives: [{ name: "user", parameters: ["www"] }] }],
  ["properties", "a.b = c\n", { "a.b": "c" }],
  [
    "spdx",
    "SPDXVersion: SPDX-2.2\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: x\nDocumentNamespace: https://x/y\n",
    expect.objectContaining({ name: "x" }),
  ],
  [
    "textproto",
    "# proto-message: acme.Server\nport: 80\n",
    { port: 80 },
    { "a/s.proto": 'syntax = "proto3";\npackage acme;\nmessage Server { int32 port = 1; }\n' },
  ],
  ["toml", "[s]\na = 1\n", { s: { a: 1 } }],
  ["vcl", 'acl a {\n  "127.0.0.1";\n}\n', expect.objectContaining({ acl: expect.anything() })],
  ["xml", "<a><b>1</b></a>", { a: { b: "1" } }],
  ["yaml", "a: on\n---\nb: 0x10\n", [{ a: true }, { b: 16 }]],
])("%s is read as conftest reads it", async (...row) => {
  // A fourth parameter would be taken for a callback where a row has three.
  const [name, text, value, others] = row;
  expect(await parse(name, text, others)).toMatchObject({ kind: "parsed", value });
});

test.each<readonly [string, ParserName, string, { readonly [pointer: string]: number }]>([
  [
    "HCL: blocks, attributes, and values in objects and lists",
    "hcl2",
    'a "x" {\n  b = {\n    c = 1\n  }\n}\na "x" {\n  d = [\n    1,\n    2,\n  ]\n}\n',
    { "/a/x": 1, "/a/x/0": 1, "/a/x/0/b": 2, "/a/x/0/b/c": 3, "/a/x/1": 6, "/a/x/1/d": 7, "/a/x/1/d/1": 9 },
  ],
  [
    "TOML: tables, lists of tables, dotted keys and inline tables",
    "toml",
    "a.b = 1\n[t]\nc = { d = 1 }\n\n[[l]]\nx = 1\n[[l]]\nx = [\n  1,\n  2,\n]\n[l.sub]\ny = 1\n",
    { "/a/b": 1, "/t": 2, "/t/c": 3, "/t/c/d": 3, "/l/0/x": 6, "/l/1/x": 8, "/l/1/sub": 12, "/l/1/sub/y": 13 },
  ],
  [
    "a Dockerfile: instructions, and comments where conftest lists them",
    "dockerfile",
    "FROM a:1\n\n# why\nRUN x && \\\n  y\nUSER b\n",
    { "/0/0": 1, "/0/1": 3, "/0/2": 4, "/0/3": 6 },
  ],
])("places of %s", async (_, name, text, lines) => {
  const outcome = await parse(name, text);
  const places = outcome.kind === "parsed" ? outcome.places : new Map();
  const found = Object.keys(lines).map((pointer) => [pointer, places.get(pointer)?.line]);
  expect(Object.fromEntries(found)).toEqual(lines);
});

test.each<readonly [ParserName, string, number]>([
  ["hcl2", "a = 1\nb = {\n", 2],
  ["toml", "a = 1\nb = =\n", 2],
  ["yaml", "a: 1\nb: [\n", 2],
])("an error in %s has its line", async (name, text, line) => {
  const outcome = await parse(name, text);
  expect(outcome).toMatchObject({ kind: "failed", line: expect.any(Number) });
  expect(Math.abs((outcome.kind === "failed" ? (outcome.line ?? 0) : 0) - line)).toBeLessThanOrEqual(1);
});

test.each<readonly [string, ParserName, string]>([
  ["nested without end", "json", "[".repeat(3_000_000)],
  ["an endless recursion", "jsonnet", "local f(x) = f(x + 1); f(0)"],
  ["aliases that multiply", "yaml", bomb(12)],
  ["much nesting", "hcl2", `a = ${"[".repeat(200_000)}`],
])("what costs too much ends: %s", async (_, name, text) => {
  deadlineMs = 4_000;
  const outcome = await parse(name, text, {}, small);
  deadlineMs = 120_000;
  expect(outcome.kind).not.toBe("parsed");
  expect(await parse("yaml", "a: 1\n", {}, small)).toMatchObject({ kind: "parsed", value: { a: 1 } });
});

function bomb(levels: number): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < levels; level++)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(", ")}]`);
  return `${lines.join("\n")}\n`;
}
