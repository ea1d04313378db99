import { expect, test } from "@jest/globals";
import { DEFAULT_BUDGET } from "../../src/manifest/budget.ts";
import { readManifests, type FileReading } from "../../src/manifest/read-manifests.ts";
import { toJsonText } from "../../src/manifest/json-text.ts";
import { processorTime } from "../support/processor-time.ts";

const read = (text: string): FileReading => readManifests("app.yaml", new TextEncoder().encode(text));
const POD = "apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\n";

test("a file of several documents gives each manifest with its identity, document and line", () => {
  const { manifests, notManifests, problems } = read(
    `# intro\n---\n${POD}---\n# nothing\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  generateName: job-\n`,
  );
  expect(problems).toEqual([]);
  expect(notManifests).toEqual([]);
  expect(manifests.map(({ identity, position }) => ({ identity, position }))).toEqual([
    {
      identity: { group: "", kind: "Pod", namespace: "shop", name: "web" },
      position: { path: "app.yaml", document: 1, line: 3, pointer: "" },
    },
    {
      identity: { group: "apps", kind: "Deployment", name: "job-*" },
      position: { path: "app.yaml", document: 3, line: 9, pointer: "" },
    },
  ]);
});

test("the items of a List and the elements of an array are manifests of their own, and keep the line of the item", () => {
  const list = read(
    `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n- 3\n-\n  {apiVersion: v1, kind: Service}\n`,
  );
  expect(list.manifests.map(({ identity, position }) => [identity.kind, position.line, position.pointer])).toEqual([
    ["Pod", 4, "/items/0"],
    ["Service", 8, "/items/2"],
  ]);
  expect(list.notManifests).toEqual([{ document: 0, line: 6, reason: "a single number, not an object", value: 3 }]);
  const array = read(`[{"apiVersion":"v1","kind":"Pod"},\n {"apiVersion":"v1","kind":"Service"}]`);
  expect(array.manifests.map(({ identity, position }) => [identity.kind, position.line, position.pointer])).toEqual([
    ["Pod", 1, "/0"],
    ["Service", 2, "/1"],
  ]);
  const typed = read("apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}}]\n");
  expect(typed.manifests.map(({ identity }) => identity)).toEqual([{ group: "", kind: "Pod", name: "a" }]);
  const resource = read("apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\nitems: [{cidr: 10.0.0.0/8}]\n");
  expect(resource.manifests.map(({ identity }) => identity.kind)).toEqual(["AllowList"]);
});

test.each([
  ["a mapping without a type", "a: 1\n", "no apiVersion and no kind"],
  ["an apiVersion that is a number", "apiVersion: 1\nkind: Pod\n", "apiVersion must be a non-empty string"],
  ["a scalar", "just words\n", "a single string, not an object"],
  ["an array of other things", "[1, 2]\n", "a list whose elements are not Kubernetes objects"],
  ["a List without items", "apiVersion: v1\nkind: List\n", "a List without items"],
])("%s is named as no manifest, with the reason", (_, text, reason) => {
  expect(read(text).notManifests.map((other) => other.reason)).toEqual([reason]);
});

test.each([
  [
    "a duplicate key",
    "a: 1\nb:\n  c: 1\n  c: 2\n",
    4,
    "The key `c` appears twice in one mapping: first on line 3, again on line 4.",
  ],
  ["a key that is the same string as another", "1: a\n'1': b\n", 2, "The key `1` appears twice"],
  ["inline content after a separator", "a: 1\n--- {b: 1}\n", 2, "expected `---` alone on its line"],
  ["four dashes", "a: 1\n----\nb: 1\n", 2, "expected `---` alone on its line"],
  ["a directive", "%YAML 1.1\n---\na: 1\n", 2, "not valid YAML"],
  ["a second document after dots", "a: 1\n...\nb: 2\n", 3, "Kubernetes drops what follows `...`"],
  ["infinity", "a:\n  b: .inf\n", 2, "cannot represent this number"],
  ["a template", "a: 1\nb: {{ .Values.b }}\n", 2, "looks like a template"],
  ["an alias without an anchor", "a: *b\n", 1, "has no anchor"],
  ["an anchor within itself", "a: &a\n  b: *a\n", 2, "contains itself"],
  ["a key merged over an earlier one", "x: &x {a: 1}\ny:\n  a: 2\n  <<: *x\n", 4, "put `<<` first"],
  ["a control character", "a: 1\nb: \u0007\n", 2, "U+0007 is not allowed"],
  ["a lone carriage return", "a: 1\rb: 2\n", 1, "carriage return"],
  ["a line separator", "a: 1 # \u2028b: 2\n", 1, "U+2028 ends a line for some"],
  ["a byte order mark within", "a: 1\nb: \ufeff2\n", 2, "byte order mark"],
])("%s is a problem with its line", (_, text, line, message) => {
  const [problem] = read(text).problems;
  expect(problem).toMatchObject({ path: "app.yaml", line });
  expect(problem?.message).toContain(message);
});

test("one unreadable document hides nothing of the others", () => {
  const { manifests, problems } = read(`a: [\n---\n${POD}`);
  expect(manifests).toHaveLength(1);
  expect(problems).toHaveLength(1);
});

const bomb = `a: &a [${"x,".repeat(9)}x]\n${Array.from("bcdefghij")
  .map((name, index) => `${name}: &${name} [${`*${"abcdefghi"[index]},`.repeat(10)}]\n`)
  .join("")}`;
test.each([
  ["an alias bomb", bomb, 6, "alias bomb"],
  ["a bomb of merges", `a: &a {k: "${"x".repeat(100_000)}"}\nb:\n${"- <<: *a\n".repeat(100)}`, 44, "alias bomb"],
  ["deep nesting", "[".repeat(100_000), 1, "nests deeper than 200"],
  [
    "deep nesting by aliases",
    Array.from({ length: 999 }, (_, n) => `a${n}: &a${n} [${n ? `*a${n - 1}` : ""}]\n`).join(""),
    200,
    "nests deeper",
  ],
  ["100,000 documents", "a: 1\n---\n".repeat(100_000), 20_001, "more than 10000 documents"],
  ["a document of 4 MB", `a: "${"x".repeat(4_000_000)}"`, 1, "at most 3145728"],
  ["a file of 50 MB", "a: 1\n".repeat(10_000_000), 1, "at most 10485760"],
])("%s ends as a problem soon", (_, text, line, message) => {
  let problems: ReturnType<typeof read>["problems"] = [];
  expect(processorTime(() => ({ problems } = read(text)))).toBeLessThan(20_000);
  expect(problems.at(-1)?.message).toContain(message);
  expect(problems.at(-1)?.line).toBe(line);
});

test("binary files, UTF-16 and invalid UTF-8 are problems, not crashes", () => {
  const message = (bytes: readonly number[]): string | undefined =>
    readManifests("a.yaml", new Uint8Array(bytes)).problems[0]?.message;
  expect(message([0xff, 0xfe, 0x61, 0x00])).toContain("UTF-16");
  expect(message([0x61, 0x3a, 0x20, 0xc3, 0x28])).toContain("not valid UTF-8");
  expect(message([0x89, 0x50, 0x4e, 0x47, 0x00])).toContain("binary");
  expect(message([0x61, 0x3a, 0x20, 0x00])).toContain("NUL");
});

test("a file of git-crypt is a problem and says so; a file of SOPS is judged and marked", () => {
  const crypt = readManifests("s.yaml", new TextEncoder().encode("\0GITCRYPT\0\u0001\u0002"));
  expect(crypt.encrypted?.kind).toBe("git-crypt");
  expect(crypt.problems).toHaveLength(1);
  const sops = read(
    "apiVersion: v1\nkind: Secret\nstringData: {a: 'ENC[AES256_GCM,data:x]'}\nsops: {mac: 'ENC[x]', version: 3.9.0}\n",
  );
  expect(sops.encrypted?.kind).toBe("sops");
  expect(sops.manifests).toHaveLength(1);
  expect(sops.problems).toEqual([]);
});

test("a budget is the caller's to set", () => {
  const bytes = new TextEncoder().encode("a: 1\n---\na: 1\n");
  const { problems } = readManifests("a.yaml", bytes, { ...DEFAULT_BUDGET, documents: 1 });
  expect(problems).toHaveLength(1);
});

test("JSON text is what Go's encoding/json writes", () => {
  const value = {
    b: [1e21, 1e-7, -0, 123456789012345680000, 18446744073709551615n],
    a: "<&>\u2028é😀",
    "\uffff": 1,
    "😀": null,
  };
  expect(toJsonText(value)).toBe(
    '{"a":"\\u003c\\u0026\\u003e\\u2028é😀","b":[1e+21,1e-7,-0,123456789012345680000,18446744073709551615],"\uffff":1,"😀":null}',
  );
});

test("a hundred thousand braces in a file that cannot be read cost little time", () => {
  for (const braces of ["{{".repeat(100_000), "{{\n  ".repeat(100_000)]) {
    let problems: ReturnType<typeof read>["problems"] = [];
    expect(processorTime(() => ({ problems } = read(`a: "${braces}`)))).toBeLessThan(5_000);
    expect(problems.map(({ message }) => message.includes("template"))).toEqual([false]);
  }
});
