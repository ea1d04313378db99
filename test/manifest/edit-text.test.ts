import { describe, expect, test } from "@jest/globals";
import type { Edit } from "../../src/manifest/edit-json.ts";
import { editText } from "../../src/manifest/edit-text.ts";

const set = (pointer: string, value: Extract<Edit, { kind: "set" }>["value"]): Edit => ({
  kind: "set",
  pointer,
  value,
});
const add = (pointer: string, ...items: readonly string[]): Edit => ({ kind: "add", pointer, items });
const remove = (pointer: string): Edit => ({ kind: "remove", pointer });

interface Case {
  readonly name: string;
  readonly before: string;
  readonly edits: readonly Edit[];
  readonly after: string;
  readonly document?: number;
  readonly near?: number;
}

const cases: readonly Case[] = [
  {
    name: "a scalar is replaced, and the comment after it stays",
    before: "a:\n  # first\n  b: true   # why\n  c: 1\n",
    edits: [set("/a/b", false)],
    after: "a:\n  # first\n  b: false   # why\n  c: 1\n",
  },
  {
    name: "a quoted scalar is replaced with its quotes",
    before: `a: "yes"\nb: 'x # y' # z\n`,
    edits: [set("/a", "no"), set("/b", "ALL")],
    after: `a: "no"\nb: ALL # z\n`,
  },
  {
    name: "a missing key is added at the end of its mapping, before comments that follow",
    before: "spec:\n  a: 1 # one\n\n# next\nother: 2\n",
    edits: [set("/spec/b", true)],
    after: "spec:\n  a: 1 # one\n  b: true\n\n# next\nother: 2\n",
  },
  {
    name: "missing mappings on the way are made, in the steps of the file",
    before: "spec:\n    containers:\n    - name: web\n      image: x\n",
    edits: [set("/spec/containers/0/securityContext/seccompProfile/type", "RuntimeDefault")],
    after:
      "spec:\n    containers:\n    - name: web\n      image: x\n      securityContext:\n          seccompProfile:\n              type: RuntimeDefault\n",
  },
  {
    name: "a new list has its dashes where the file has them",
    before: "spec:\n  args:\n  - a\n  x: 1\n",
    edits: [add("/spec/drop", "ALL")],
    after: "spec:\n  args:\n  - a\n  x: 1\n  drop:\n  - ALL\n",
  },
  {
    name: "items are added at the end of a block list, each once",
    before: "drop:\n  - NET_RAW # raw\n# end\nx: 1\n",
    edits: [add("/drop", "NET_RAW", "ALL")],
    after: "drop:\n  - NET_RAW # raw\n  - ALL\n# end\nx: 1\n",
  },
  {
    name: "items are added to a flow list",
    before: "drop: [NET_RAW] # raw\nempty: []\n",
    edits: [add("/drop", "ALL"), add("/empty", "ALL")],
    after: "drop: [NET_RAW, ALL] # raw\nempty: [ALL]\n",
  },
  {
    name: "a flow mapping stays one",
    before: "spec: { a: 1, b: { c: 2 } } # all\n",
    edits: [set("/spec/b/d", true), set("/spec/e/f", "g")],
    after: "spec: { a: 1, b: { c: 2, d: true }, e: { f: g } } # all\n",
  },
  {
    name: "an empty flow mapping becomes a block, and its comment stays",
    before: "spec:\n  securityContext: {} # later\n  x: 1\n",
    edits: [set("/spec/securityContext/a", true)],
    after: "spec:\n  securityContext: # later\n    a: true\n  x: 1\n",
  },
  {
    name: "a key without a value takes one",
    before: "spec:\n  securityContext:\n  x:\n",
    edits: [set("/spec/securityContext/a", true), set("/spec/x", 1)],
    after: "spec:\n  securityContext:\n    a: true\n  x: 1\n",
  },
  {
    name: "null takes a mapping",
    before: "spec:\n  a: null # none\n",
    edits: [set("/spec/a/b", true)],
    after: "spec:\n  a: # none\n    b: true\n",
  },
  {
    name: "line endings stay CRLF",
    before: "spec:\r\n  a: 1\r\n  b: 2\r\n",
    edits: [set("/spec/a", 3), set("/spec/c/d", true)],
    after: "spec:\r\n  a: 3\r\n  b: 2\r\n  c:\r\n    d: true\r\n",
  },
  {
    name: "a last line without an end is completed",
    before: "spec:\n  a: 1",
    edits: [set("/spec/b", 2)],
    after: "spec:\n  a: 1\n  b: 2",
  },
  {
    name: "only the document that is meant changes",
    before: "a: 1\n---\n# two\na: 1\n---\na: 1\n",
    edits: [set("/a", 2), set("/b", 3)],
    document: 1,
    after: "a: 1\n---\n# two\na: 2\nb: 3\n---\na: 1\n",
  },
  {
    name: "a value after a block scalar stays apart from it",
    before: "data:\n  script: |\n    echo 1\n    echo 2\n\nx: 1\n",
    edits: [set("/data/b", "c")],
    after: "data:\n  script: |\n    echo 1\n    echo 2\n  b: c\n\nx: 1\n",
  },
  {
    name: "a key is removed with its lines",
    before: "a:\n  b: 1\n  c: # gone\n    d: 2\n  e: 3 # stays\n",
    edits: [remove("/a/c")],
    after: "a:\n  b: 1\n  e: 3 # stays\n",
  },
  {
    name: "the first key of a list's item is removed",
    before: "a:\n  - b: 1\n    c: 2\n",
    edits: [remove("/a/0/b")],
    after: "a:\n  - c: 2\n",
  },
  {
    name: "the last item is removed from a list, and pairs from a flow mapping",
    before: "a:\n  - x\n  - y # two\nb: { c: 1, d: 2, e: 3 }\n",
    edits: [remove("/a/1"), remove("/b/c"), remove("/b/e")],
    after: "a:\n  - x\nb: { d: 2 }\n",
  },
  {
    name: "what is as it should be stays",
    before: "a: false\n",
    edits: [set("/a", false), remove("/b")],
    after: "a: false\n",
  },
  {
    name: "JSON stays JSON",
    before: '{\n  "spec": {\n    "a": 1\n  }\n}\n',
    edits: [set("/spec/b", { c: "d" })],
    after: '{\n  "spec": {\n    "a": 1,\n    "b": { "c": "d" }\n  }\n}\n',
  },
  {
    name: "new lines follow the wanted line, below the key of their mapping",
    before: "spec: # here\n  # about a\n  a: 1\n  b: 2\n",
    edits: [set("/spec/c", true)],
    near: 1,
    after: "spec: # here\n  c: true\n  # about a\n  a: 1\n  b: 2\n",
  },
  {
    name: "new lines follow the wanted line, after the key that ends there",
    before: "- name: web\n  image: x\n",
    edits: [set("/0/tty", false)],
    near: 1,
    after: "- name: web\n  tty: false\n  image: x\n",
  },
];

test.each(cases)("$name", ({ before, edits, after, document = 0, near }) => {
  expect(editText(before, document, edits, near)).toEqual({ kind: "edited", text: after });
  expect(editText(after, document, edits)).toEqual({ kind: "edited", text: after });
});

describe("refused, because more than the value would change", () => {
  test.each<{ readonly name: string; readonly text: string; readonly edit: Edit; readonly reason: string }>([
    {
      name: "a value within an anchor that other places use",
      text: "a: &x\n  b: 1\nc: *x\n",
      edit: set("/a/b", 2),
      reason: "without changing other values",
    },
    { name: "an alias", text: "a: &x { b: 1 }\nc: *x\n", edit: set("/c/b", 2), reason: "alias" },
    { name: "a value that has an anchor", text: "a: &x 1\nb: *x\n", edit: set("/a", 2), reason: "anchor" },
    {
      name: "a mapping that comes of a merge key",
      text: "base: &b\n  s: { x: 1 }\nweb:\n  <<: *b\n",
      edit: set("/web/s/y", 2),
      reason: "without changing other values",
    },
    { name: "a block scalar", text: "a: |\n  x\n", edit: set("/a", "y"), reason: "several lines" },
    { name: "a tagged value", text: "a: !!str 1\n", edit: set("/a", "y"), reason: "tag" },
    {
      name: "the line breaks that a block scalar keeps",
      text: "a: |+\n  x\n\n",
      edit: set("/b", 1),
      reason: "without changing other values",
    },
    { name: "an item that a list has not", text: "a: []\n", edit: set("/a/0/b", 1), reason: "no place" },
    { name: "the only key", text: "a:\n  b: 1\n", edit: remove("/a/b"), reason: "nothing would be left" },
    { name: "a text that is not YAML", text: "a: {{ .x }}\n", edit: set("/a", 1), reason: "cannot be read" },
    { name: "indentation with a tab", text: "a:\n\tb: 1\n", edit: set("/a/b", 2), reason: "cannot be read" },
  ])("$name", ({ text, edit, reason }) => {
    expect(editText(text, 0, [edit])).toEqual({ kind: "refused", reason: expect.stringContaining(reason) });
  });
});
