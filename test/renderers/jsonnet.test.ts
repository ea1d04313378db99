import { afterAll, expect, test } from "@jest/globals";
import type { JsonnetRequest } from "../../src/model/renderer.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
/** Short for what does not end alone. */
let deadlineMs = 120_000;
const small = createRenderer({
  cacheDir: TEST_CACHE,
  processes: 1,
  memoryLimitMiB: 128,
  deadlineMs: () => deadlineMs,
});
afterAll(() => {
  renderer.close();
  small.close();
});

type Files = { readonly [path: string]: string };

function asked(files: Files, more: Partial<JsonnetRequest> = {}): JsonnetRequest {
  return {
    main: "app/main.jsonnet",
    files: new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])),
    searchPath: ["app"],
    tlas: [],
    extVars: [],
    ...more,
  };
}

const main = (text: string, others: Files = {}): JsonnetRequest => asked({ "app/main.jsonnet": text, ...others });
const object = "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }";

async function yielded(request: JsonnetRequest): Promise<unknown> {
  const outcome = await renderer.jsonnet(request);
  return outcome.kind === "rendered" ? outcome.answer.documents.map((text) => JSON.parse(text) as unknown) : outcome;
}

const a = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };

test.each<readonly [string, string, unknown]>([
  ["an object", object, [a]],
  ["an array", `[${object}, ${object}]`, [a, a]],
  ["an array with nulls", `[null, ${object}]`, [a]],
  ["an empty array", "[]", []],
  ["null", "null", []],
  [
    "a List",
    `{ apiVersion: 'v1', kind: 'List', items: [${object}] }`,
    [{ apiVersion: "v1", kind: "List", items: [a] }],
  ],
  ["a function without arguments", `function() ${object}`, [a]],
])("%s is read as Argo CD reads it", async (_, text, expected) => {
  expect(await yielded(main(text))).toEqual(expected);
});

test("variables are texts or code", async () => {
  const text = `function(name, n) { apiVersion: std.extVar('version'), kind: 'A', n: n, x: std.extVar('x') } + { name: name }`;
  const request = {
    ...main(text, { "app/x.libsonnet": "{ y: 1 }" }),
    tlas: [
      { name: "name", value: "1 + 1" },
      { name: "n", value: "1 + 1", code: true },
    ],
    extVars: [
      { name: "version", value: "v1" },
      { name: "x", value: "import 'x.libsonnet'", code: true },
    ],
  };
  expect(await yielded(request)).toEqual([{ apiVersion: "v1", kind: "A", n: 2, name: "1 + 1", x: { y: 1 } }]);
});

test("an import is found beside its file, then in the last library, then in the directory of the source", async () => {
  const found = (at: string) => `{ apiVersion: 'v1', kind: '${at}' }`;
  const files = {
    "app/main.jsonnet": "[import 'a.libsonnet', import 'b.libsonnet', import 'c.libsonnet', import 'd/d.libsonnet']",
    "app/a.libsonnet": found("BesideA"),
    "one/a.libsonnet": found("OneA"),
    "one/b.libsonnet": found("OneB"),
    "two/b.libsonnet": found("TwoB"),
    "one/c.libsonnet": found("OneC"),
    "two/d/d.libsonnet": "import '../e.libsonnet'",
    "two/e.libsonnet": found("TwoE"),
  };
  const kinds = (await yielded(asked(files, { searchPath: ["app", "one", "two"] }))) as { readonly kind: string }[];
  expect(kinds.map(({ kind }) => kind)).toEqual(["BesideA", "TwoB", "OneC", "TwoE"]);
});

test.each<readonly [string, JsonnetRequest, object]>([
  [
    "an import that is not there",
    main("{\n  a: import 'gone.libsonnet' }"),
    { message: expect.stringContaining('couldn\'t open import "gone.libsonnet"'), path: "app/main.jsonnet", line: 2 },
  ],
  ["a file outside of what is at hand", main("importstr '/etc/passwd'"), { path: "app/main.jsonnet", line: 1 }],
  ["a path out of the tree", main("importstr '../../../../etc/passwd'"), { path: "app/main.jsonnet", line: 1 }],
  [
    "an error of its own",
    main(`local a = 1;\n\nerror 'no: ' + a`),
    { message: "no: 1", path: "app/main.jsonnet", line: 3 },
  ],
  [
    "an error in what it imports",
    main("import 'lib.libsonnet'", { "app/lib.libsonnet": "{\n  a: std.length(1) }" }),
    { message: "Unexpected type number", path: "app/lib.libsonnet", line: 2 },
  ],
  [
    "what does not parse",
    main("{\n  a: }"),
    { message: expect.stringMatching(/^(?!app).*"}"/), path: "app/main.jsonnet", line: 2 },
  ],
  [
    "an import that does not parse",
    main("import 'lib.libsonnet'", { "app/lib.libsonnet": "{\n\n  a: }" }),
    { path: "app/lib.libsonnet", line: 3 },
  ],
  [
    "an unknown variable",
    main("{\n  a: b }"),
    { message: expect.stringContaining("Unknown variable: b"), path: "app/main.jsonnet", line: 2 },
  ],
  [
    "an external variable that is not given",
    main("\n{ a: std.extVar('gone') }"),
    { message: expect.stringContaining("gone"), path: "app/main.jsonnet", line: 2 },
  ],
  ["an argument that is not given", main("function(name) { a: name }"), { message: expect.stringContaining("name") }],
  [
    "recursion without end",
    main("local f(x) = 1 + f(x);\n{ a: f(1) }"),
    { message: "max stack frames exceeded.", path: "app/main.jsonnet", line: 1 },
  ],
  [
    "an object without kind",
    main("{ apiVersion: 'v1' }"),
    { message: "its output: expected an object of Kubernetes, found one without kind", path: "app/main.jsonnet" },
  ],
  [
    "an element without apiVersion",
    main(`[${object}, { kind: 'A' }]`),
    { message: "element 1 of its output: expected an object of Kubernetes, found one without apiVersion" },
  ],
  [
    "an item that is no object",
    main("{ apiVersion: 'v1', kind: 'List', items: [1] }"),
    { message: "its output: item 0: expected an object of Kubernetes, or an array of these" },
  ],
  ["a text", main("'a'"), { message: "its output: expected an object of Kubernetes, or an array of these" }],
])("%s fails it at its line", async (_, request, expected) => {
  expect(await renderer.jsonnet(request)).toMatchObject({ kind: "failed", ...expected });
});

test.each([
  [
    "what takes forever",
    "local f(n) = if n == 0 then 0 else f(n - 1) + f(n - 1); f(60)",
    "late",
    "jsonnet timed out after 2 s",
  ],
  [
    "much memory",
    "std.foldl(function(a, b) a + a, std.range(1, 60), 'x')",
    "memory",
    "jsonnet needed more than 128 MiB",
  ],
])("%s is ended by a limit, and the next file is evaluated", async (_, text, kind, message) => {
  deadlineMs = kind === "late" ? 2_000 : 120_000;
  expect(await small.jsonnet(main(text))).toEqual({ kind, message });
  deadlineMs = 120_000;
  expect((await small.jsonnet(main(object))).kind).toBe("rendered");
});

test("a recursion has all the frames that Jsonnet permits", async () => {
  const deep = (levels: number) =>
    `local f(x) = if x == 0 then [0] else std.map(function(y) y + 1, f(x - 1)); { apiVersion: 'v1', kind: 'A', n: f(${levels}) }`;
  expect(await yielded(main(deep(80)))).toEqual([{ apiVersion: "v1", kind: "A", n: [80] }]);
  // How much of the stack a frame takes depends on which of V8's compilers has come to its functions.
  for (let at = 0; at < 24; at += 1)
    for (const text of [deep(200), "local f(x) = 1 + f(x); f(1)"])
      expect(await yielded(main(text))).toMatchObject({ kind: "failed", message: "max stack frames exceeded." });
});

test("the same file gives the same bytes, whatever was evaluated before", async () => {
  const text = `{ apiVersion: 'v1', kind: 'A', z: 0.1, a: 1e21, n: 12345678901234567, t: "\\u0001'\\"/é" }`;
  const first = await renderer.jsonnet(main(text));
  await renderer.jsonnet(main("error 'x'"));
  expect(await renderer.jsonnet(main(text))).toEqual(first);
  expect(first.kind).toBe("rendered");
});
