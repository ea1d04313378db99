import { expect, test } from "@jest/globals";
import { changedFiles, relocate, type Relocatable } from "../../../src/gate/placing/relocate.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { memoryTree, type MemoryFile } from "../../../src/tree/memory-tree.ts";

type Files = { readonly [path: string]: MemoryFile };

const manifest = (path: string, spec: Json = { image: "nginx:latest" }): Manifest => ({
  identity: { group: "", kind: "Pod", name: "a" },
  apiVersion: "v1",
  value: { spec },
  position: { path, document: 0, line: 1, pointer: "" },
});

/** `1 … count`, each on a line of its own, with some of them replaced. */
function lines(count: number, replaced: { readonly [line: number]: string } = {}): string {
  return Array.from({ length: count }, (_, index) => `${replaced[index + 1] ?? `line: ${index + 1}`}\n`).join("");
}

const inBase = (over: Partial<Relocatable> = {}): Relocatable => ({
  finding: { location: { path: "base/a.yaml", line: 7, precision: "value" }, pointer: "/spec/image" },
  manifest: manifest("base/a.yaml"),
  declaredIn: "prod/kustomization.yaml",
  reads: ["base/a.yaml", "prod/patch.yaml", "prod/values.yaml"],
  ...over,
});
const inValues = (over: Partial<Relocatable["finding"]["location"]> = {}): Partial<Relocatable> => ({
  finding: {
    location: { path: "values.yaml", line: 2, endLine: 5, precision: "parent", ...over },
    pointer: "/spec/image",
  },
});
const related = { path: "base/a.yaml", line: 7 };

/** Kustomizations of which those below `shop` lead to `base/a.yaml`. */
const shop: Files = {
  "other/kustomization.yaml": "resources: [../base/b.yaml, ../gone]\n",
  "shop/kustomization.yml": "components: [../base]\n",
  "base/kustomization.yaml": "resources: [../shop, a.yaml]\n",
  "base/near/kustomization.yaml": "resources: [b.yaml]\n",
  "base/a.yaml": lines(9),
};

interface Row {
  readonly name: string;
  readonly of: Relocatable;
  readonly before: Files;
  readonly after: Files;
  readonly place: Awaited<ReturnType<typeof relocate>>;
}

const rows: readonly Row[] = [
  {
    name: "a place in a changed file stays",
    of: inBase(),
    before: { "base/a.yaml": lines(9), "prod/patch.yaml": "a\n" },
    after: { "base/a.yaml": lines(9, { 2: "new" }), "prod/patch.yaml": "b\n" },
    place: undefined,
  },
  {
    name: "of a value of several lines in a changed file of others, the changed line counts",
    of: inBase(inValues()),
    before: { "values.yaml": lines(9) },
    after: { "values.yaml": lines(9, { 1: "new", 4: "new", 5: "new" }) },
    place: {
      location: { path: "values.yaml", line: 4, precision: "parent" },
      related: { path: "values.yaml", line: 2 },
    },
  },
  {
    name: "the last line of such a value counts",
    of: inBase(inValues()),
    before: { "values.yaml": lines(9) },
    after: { "values.yaml": lines(9, { 5: "new" }) },
    place: {
      location: { path: "values.yaml", line: 5, precision: "parent" },
      related: { path: "values.yaml", line: 2 },
    },
  },
  {
    name: "the line after such a value does not",
    of: inBase(inValues()),
    before: { "values.yaml": lines(9) },
    after: { "values.yaml": lines(9, { 1: "new", 6: "new" }) },
    place: undefined,
  },
  {
    name: "a change of its first line leaves it there",
    of: inBase(inValues()),
    before: { "values.yaml": lines(9) },
    after: { "values.yaml": lines(9, { 2: "new", 4: "new" }) },
    place: undefined,
  },
  {
    name: "a value of several lines of the object's own file stays",
    of: inBase({ ...inValues(), manifest: manifest("values.yaml") }),
    before: { "values.yaml": lines(9) },
    after: { "values.yaml": lines(9, { 4: "new" }) },
    place: undefined,
  },
  {
    name: "a value on one line stays",
    of: inBase(inValues({ endLine: 2 })),
    before: { "values.yaml": lines(9) },
    after: { "values.yaml": lines(9, { 4: "new" }) },
    place: undefined,
  },
  {
    name: "a change of none of the source's files moves nothing",
    of: inBase(),
    before: { "base/a.yaml": lines(9), "other.yaml": "a\n" },
    after: { "base/a.yaml": lines(9), "other.yaml": "b\n" },
    place: undefined,
  },
  {
    name: "the changed line nearest to where the value stood before comes first",
    of: inBase({ placeBefore: { path: "prod/values.yaml", place: { line: 12, endLine: 12, column: 1 } } }),
    before: { "prod/values.yaml": lines(20), "prod/kustomization.yaml": "a\n" },
    after: {
      "prod/values.yaml": lines(20, { 2: "image: nginx:latest", 10: "x", 15: "y" }),
      "prod/kustomization.yaml": "image: nginx:latest\n",
    },
    place: { location: { path: "prod/values.yaml", line: 10, precision: "source" }, related },
  },
  {
    name: "where it stood before in an unchanged file, the changed line that holds the value comes first",
    of: inBase({ placeBefore: { path: "prod/values.yaml", place: { line: 12, endLine: 12, column: 1 } } }),
    before: { "prod/values.yaml": lines(20), "prod/kustomization.yaml": "a\n", "prod/patch.yaml": lines(3) },
    after: {
      "prod/values.yaml": lines(20),
      "prod/kustomization.yaml": "b\n",
      "prod/patch.yaml": lines(3, { 2: "x", 3: "image: nginx:latest" }),
    },
    place: { location: { path: "prod/patch.yaml", line: 3, precision: "source" }, related },
  },
  {
    name: "without the value anywhere, it is the first changed line of the source's own file",
    of: inBase(),
    before: { "prod/kustomization.yaml": lines(4), "base/b.yaml": "a\n", "prod/patch.yaml": "a\n" },
    after: { "prod/kustomization.yaml": lines(4, { 3: "x", 4: "y" }), "base/b.yaml": "b\n", "prod/patch.yaml": "b\n" },
    place: { location: { path: "prod/kustomization.yaml", line: 3, precision: "source" }, related },
  },
  {
    name: "of a new kustomization it is the entry that loads the object's file through others",
    of: inBase(),
    before: shop,
    after: {
      ...shop,
      "prod/kustomization.yaml": "---\nresources:\n  - ../other\n  - ../shop # all of it\ncomponents: [../base/near]\n",
    },
    place: { location: { path: "prod/kustomization.yaml", line: 4, precision: "source" }, related },
  },
  {
    name: "or the entry that is the object's file",
    of: inBase({ reads: ["base/kustomization.yaml", "base/a.yaml"] }),
    before: { "base/kustomization.yaml": "resources:\n  - b.yaml\n" },
    after: { "base/kustomization.yaml": "# all\nresources:\n  - b.yaml\n  - 'a.yaml'\n" },
    place: { location: { path: "base/kustomization.yaml", line: 4, precision: "source" }, related },
  },
  {
    name: "or the one that loads the patch or generator input in which the value stands",
    of: inBase(),
    before: { "part/kustomization.yaml": "configMapGenerator: [{ files: [x=../base/a.yaml] }]\n" },
    after: {
      "prod/kustomization.yaml": "namespace: x\nresources: []\ncomponents:\n- ../part\n",
      "part/kustomization.yaml": "configMapGenerator: [{ files: [x=../base/a.yaml] }]\n",
    },
    place: { location: { path: "prod/kustomization.yaml", line: 4, precision: "source" }, related },
  },
  {
    name: "an entry that was there before does not count",
    of: inBase(),
    before: {
      "prod/kustomization.yaml": "resources:\n- ../base\n",
      "base/kustomization.yaml": "resources: [a.yaml]\n",
    },
    after: {
      "prod/kustomization.yaml": "# x\nresources:\n- ../base\n- ../more\n",
      "base/kustomization.yaml": "resources: [a.yaml]\n",
    },
    place: { location: { path: "prod/kustomization.yaml", line: 1, precision: "source" }, related },
  },
  {
    name: "or of the first of the files that it reads",
    of: inBase({ reads: ["prod/values.yaml", "prod/patch.yaml"] }),
    before: { "prod/values.yaml": "a\n", "prod/patch.yaml": lines(3) },
    after: { "prod/values.yaml": "b\n", "prod/patch.yaml": lines(3, { 2: "x" }) },
    place: { location: { path: "prod/patch.yaml", line: 2, precision: "source" }, related },
  },
  {
    name: "a value of one character is not looked for",
    of: inBase({ manifest: manifest("base/a.yaml", { image: "1" }) }),
    before: { "prod/kustomization.yaml": lines(3) },
    after: { "prod/kustomization.yaml": lines(3, { 2: "x", 3: "tag: 1" }) },
    place: { location: { path: "prod/kustomization.yaml", line: 2, precision: "source" }, related },
  },
  {
    name: "an object that is gone was last asked for by the nearest changed kustomization that is read",
    of: {
      finding: { location: { path: "apps/shop/a.yaml", line: 1, precision: "manifest" }, pointer: "" },
      declaredIn: "prod/app.yaml",
      reads: ["apps/aaa.yaml", "apps/kustomization.yaml", "apps/shop/kustomization.yaml", "zzz/kustomization.yaml"],
    },
    before: {
      "apps/aaa.yaml": "a\n",
      "apps/kustomization.yaml": "a\n",
      "apps/shop/kustomization.yaml": lines(3),
      "zzz/kustomization.yaml": "a\n",
    },
    after: {
      "apps/aaa.yaml": "b\n",
      "apps/kustomization.yaml": "b\n",
      "apps/shop/kustomization.yaml": lines(2),
      "zzz/kustomization.yaml": "b\n",
    },
    place: {
      location: { path: "apps/shop/kustomization.yaml", line: 2, precision: "source" },
      related: { path: "apps/shop/a.yaml", line: 1 },
    },
  },
  {
    name: "of an object that is still there kustomizations come in the order of their names",
    of: inBase({ reads: ["base/aaa.yaml", "base/kustomization.yaml"] }),
    before: { "base/aaa.yaml": "a\n", "base/kustomization.yaml": "a\n" },
    after: { "base/aaa.yaml": "b\n", "base/kustomization.yaml": "b\n" },
    place: { location: { path: "base/aaa.yaml", line: 1, precision: "source" }, related },
  },
  {
    name: "what a deleted declaration yielded stands where it was declared, whatever else changes",
    of: inBase({ wentAt: 3, declaredIn: "apps/shop.yaml" }),
    before: { "apps/shop.yaml": lines(5), "prod/patch.yaml": "a\n" },
    after: { "prod/patch.yaml": "b\n" },
    place: { location: { path: "apps/shop.yaml", line: 3, precision: "source" }, related },
  },
  {
    name: "a finding in the deleted declaration itself stays",
    of: inBase({ wentAt: 3, declaredIn: "base/a.yaml" }),
    before: { "base/a.yaml": lines(5), "prod/patch.yaml": "a\n" },
    after: { "prod/patch.yaml": "b\n" },
    place: undefined,
  },
  {
    name: "a declaration that went from a file that stays leads to the file's changed line",
    of: inBase({ wentAt: 3, declaredIn: "apps/all.yaml" }),
    before: { "apps/all.yaml": lines(5) },
    after: { "apps/all.yaml": lines(5, { 4: "x" }) },
    place: { location: { path: "apps/all.yaml", line: 4, precision: "source" }, related },
  },
];

test.each(rows)("$name", async ({ of, before, after, place }) => {
  expect(await relocate(of, await changedFiles(memoryTree(before), memoryTree(after)))).toEqual(place);
});

test.each<readonly [string, Json, string, string | undefined]>([
  ["text", { image: "nginx:latest" }, "/spec/image", "nginx:latest"],
  ["a number", { replicas: 12 }, "/spec/replicas", "12"],
  ["a boolean", { privileged: true }, "/spec/privileged", "true"],
  ["an item of a list", { args: ["a", "bbb"] }, "/spec/args/1", "bbb"],
  ["a key with a slash and a tilde", { "a/b~c": "value" }, "/spec/a~1b~0c", "value"],
  ["a mapping", { inner: { deep: "value" } }, "/spec/inner", undefined],
  ["null", { none: null }, "/spec/none", undefined],
  ["what is missing", { none: null }, "/spec/none/deeper", undefined],
])("the line that holds the value is found for %s", async (_, spec, pointer, text) => {
  const before = memoryTree({ "prod/kustomization.yaml": lines(4) });
  const after = memoryTree({ "prod/kustomization.yaml": lines(4, { 2: "x: y", 4: `x: ${text ?? "null undefined"}` }) });
  const { finding } = inBase();
  const of = inBase({ manifest: manifest("base/a.yaml", spec), finding: { ...finding, pointer } });
  const place = await relocate(of, await changedFiles(before, after));
  expect(place?.location).toMatchObject({ line: text === undefined ? 2 : 4 });
});

test("files are changed by content, gone by path, and a new file is changed on every line", async () => {
  const before = { same: "a\n", edited: "a\nb\n", removed: "a\n", link: { symlink: "x" }, linked: "x" };
  const after = { same: "a\n", edited: "a\nc\n", added: "a\nb", link: "x", linked: { symlink: "x" } };
  const files = await changedFiles(memoryTree(before), memoryTree(after));
  const paths = ["same", "edited", "removed", "link", "linked", "added"];
  expect(paths.filter((path) => files.changed(path))).toEqual(["edited", "link", "added"]);
  expect(paths.filter((path) => files.gone(path))).toEqual(["removed"]);
  expect(await files.linesOf("edited")).toEqual([{ line: 2, text: "c" }]);
  expect(await files.linesOf("link")).toEqual([{ line: 1, text: "x" }]);
  expect(await files.linesOf("added")).toEqual([
    { line: 1, text: "a" },
    { line: 2, text: "b" },
  ]);
});
