import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { locate, locateDeepest } from "../../src/manifest/locate.ts";
import { readManifests } from "../../src/manifest/read-manifests.ts";
import type { Json } from "../../src/model/json.ts";
import { below, keysOf } from "../../src/manifest/pointer.ts";

const DEPLOYMENT = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web,
  tier: front}}
spec:
  template:
    spec:
      containers:
        - name: web
          image: nginx   # pinned
          args: [ "a", 'b',
            c ]  # ]
        -
          name: side
          command:
          - sh
          - |
            echo one

            echo two

          env: []
      volumes: null
`;
const SHARED = `base: &base
  image: nginx
  ports: &ports
    - 80
other:
  <<: *base
  name: x
list:
  - <<: [{a: 1}, *base]
  - *ports
  - &named !!map
    b: 2
? complex
: value
"quoted/key~": 1
y: 2
`;

test.each([
  ["the whole document", DEPLOYMENT, "", 2, 1, 24],
  ["a key at the root", DEPLOYMENT, "/kind", 3, 1, 3],
  ["a flow mapping over two lines", DEPLOYMENT, "/metadata", 4, 1, 5],
  ["a key within a flow mapping", DEPLOYMENT, "/metadata/labels/tier", 5, 3, 5],
  ["an image of the first container", DEPLOYMENT, "/spec/template/spec/containers/0/image", 11, 11, 11],
  ["a list item is its first line", DEPLOYMENT, "/spec/template/spec/containers/0", 10, 11, 13],
  [
    "a flow list ends at its own bracket, not at one in a comment",
    DEPLOYMENT,
    "/spec/template/spec/containers/0/args",
    12,
    11,
    13,
  ],
  ["an element on the second line of a flow list", DEPLOYMENT, "/spec/template/spec/containers/0/args/2", 13, 13, 13],
  ["an item below its dash", DEPLOYMENT, "/spec/template/spec/containers/1", 15, 11, 23],
  [
    "a literal block ends at its last line of text",
    DEPLOYMENT,
    "/spec/template/spec/containers/1/command/1",
    18,
    13,
    21,
  ],
  ["an empty list", DEPLOYMENT, "/spec/template/spec/containers/1/env", 23, 11, 23],
  ["a list of mappings", DEPLOYMENT, "/spec/template/spec/containers", 9, 7, 23],
  ["a value behind a merge", SHARED, "/other/image", 2, 3, 2],
  ["a key beside a merge", SHARED, "/other/name", 7, 3, 7],
  ["an element behind a merge", SHARED, "/other/ports/0", 4, 7, 4],
  ["a value merged from a list of mappings", SHARED, "/list/0/a", 9, 11, 9],
  ["a value merged from an alias in a list", SHARED, "/list/0/image", 2, 3, 2],
  ["an alias as an item stands where the alias stands", SHARED, "/list/1", 10, 5, 10],
  ["an element behind an alias", SHARED, "/list/1/0", 4, 7, 4],
  ["an item with an anchor and a tag", SHARED, "/list/2", 11, 5, 12],
  ["a value of an explicit key", SHARED, "/complex", 13, 3, 14],
  ["a key with characters that pointers escape", SHARED, "/quoted~1key~0", 15, 1, 15],
  ["a key that is a boolean", SHARED, "/true", 16, 1, 16],
])("%s is found", (_, text, pointer, line, column, endLine) => {
  expect(locate(text, 0, pointer)).toEqual({ line, column, endLine });
  expect(locate(text.replaceAll("\n", "\r\n"), 0, pointer)).toEqual({ line, column, endLine });
  expect(locate(`# first\n---\n${text}`, 1, pointer)).toEqual({ line: line + 2, column, endLine: endLine + 2 });
});

test.each([
  ["a missing field", DEPLOYMENT, "/spec/template/spec/containers/1/image", "/spec/template/spec/containers/1", 15],
  ["a missing item", DEPLOYMENT, "/spec/template/spec/containers/7/image", "/spec/template/spec/containers", 9],
  ["a field of a scalar", DEPLOYMENT, "/kind/a", "/kind", 3],
  ["a missing field at the root", DEPLOYMENT, "/status", "", 2],
])("the deepest place on the way to %s", (_, text, pointer, existing, line) => {
  expect(locate(text, 0, pointer)).toBeUndefined();
  expect(locateDeepest(text, 0, pointer)).toMatchObject({ pointer: existing, place: { line } });
});

test("columns count UTF-16 units, and a byte order mark is no column", () => {
  expect(locate("{é😀: 1, b: 2}\n", 0, "/b")).toEqual({ line: 1, column: 10, endLine: 1 });
  expect(locate("a: 1\n---\n\ufeffb: 2\n", 1, "/b")).toEqual({ line: 3, column: 1, endLine: 3 });
});

test("a document that is missing, empty or unreadable has no places", () => {
  expect(locate("a: 1\n", 1, "/a")).toBeUndefined();
  expect(locate("# a\n", 0, "")).toBeUndefined();
  expect(locate("a: [\n", 0, "/a")).toBeUndefined();
});

function pointers(value: Json, pointer: string): readonly string[] {
  if (value === null || typeof value !== "object") return [pointer];
  const children = Object.entries(value).flatMap(([key, child]) => pointers(child as Json, below(pointer, key)));
  return [pointer, ...children];
}

test.each(["deployment.yaml", "list.json"])("every value of %s is found, at its own key", (name) => {
  const bytes = readFileSync(`fixtures/yaml/${name}`);
  const text = bytes.toString("utf8");
  const { manifests } = readManifests(name, bytes);
  expect(manifests).toHaveLength(2);
  for (const { value, position } of manifests) {
    for (const pointer of pointers(value, position.pointer)) {
      const place = locate(text, position.document, pointer);
      if (place === undefined) throw new Error(`${pointer} was not found`);
      const key = keysOf(pointer).at(-1) ?? "";
      const line = text.split("\n")[place.line - 1]!.slice(place.column - 1);
      // The key `y` is true.
      if (pointer !== "" && key !== "true" && !/^\d+$/.test(key))
        expect(line.replace(/^["']/, "").startsWith(key)).toBe(true);
    }
  }
});

test("places are right where lines within a flow collection are indented too little", () => {
  const text = "a:\n  b: [\n1,\n{c: 2, é: 'x\ny', d: 3}\n]\n  e: 4\n";
  expect(locate(text, 0, "/a/b/1/c")).toEqual({ line: 4, column: 2, endLine: 4 });
  expect(locate(text, 0, "/a/b/1/d")).toEqual({ line: 5, column: 5, endLine: 5 });
  expect(locate(text, 0, "/a/b")).toEqual({ line: 2, column: 3, endLine: 6 });
  expect(locate(text, 0, "/a/e")).toEqual({ line: 7, column: 3, endLine: 7 });
});
