import { basename, delimiter, join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { fixture } from "../render/positions/kustomize-fixture.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { nativeKustomize, onDisk } from "./native-kustomize.ts";
import { readTreeDirectory } from "./tree-directory.ts";
import { configMap, treeFiles } from "./tree-files.ts";

const native = await nativeKustomize();
const compare = native === undefined ? test.skip : test;
const renderer = createRenderer({ cacheDir: TEST_CACHE });
afterAll(() => renderer.close());

const patched = (patch: string): { readonly [path: string]: string } => ({
  "kustomization.yaml": `resources: [a.yaml]\n${patch}`,
  "a.yaml": `# head\n---\n${configMap("a")}# tail\n---\n# only a comment\n---\n${configMap("b")}data:\n  text: |\n    one\n    ---x\n  yes: "no"\n`,
});

const trees: { readonly [name: string]: { readonly [path: string]: string } } = {
  "the tree of the positions": fixture,
  "comments, separators and odd scalars": patched(""),
  "an annotation that needs others": patched(
    'patches:\n- target: {name: b}\n  patch: \'[{"op": "add", "path": "/metadata/annotations/x", "value": "y"}]\'\n',
  ),
  "annotations replaced": patched(
    "patches:\n- patch: |\n    kind: ConfigMap\n    apiVersion: v1\n    metadata: {name: a, annotations: {$patch: replace, x: y}}\n",
  ),
  "an object deleted": patched(
    "patches:\n- patch: |\n    $patch: delete\n    kind: ConfigMap\n    apiVersion: v1\n    metadata: {name: a}\n",
  ),
  "build metadata": patched(
    "buildMetadata: [originAnnotations, transformerAnnotations, managedByLabel]\nnamePrefix: p-\n",
  ),
  "first in, first out": patched("sortOptions: {order: fifo}\nconfigMapGenerator: [{name: c, literals: [a=b]}]\n"),
  "anchors, merge keys and keys that are there twice": {
    "kustomization.yaml":
      "resources: [a.yaml, b.yaml]\npatches:\n- target: {name: b}\n  patch: '[{op: add, path: /data/x, value: \"1\"}]'\n",
    "a.yaml": `${configMap("a")}data: &data\n  <<: {one: "1", two: "2"}\n  two: "3"\n  "<<x": y\nbinaryData: *data\n`,
    "b.yaml": `${configMap("b")}data: {a: &a "yes", b: *a}\nx: {a: 1, a: 2}\n`,
  },
  "values that read otherwise than they look": patched(
    "patches:\n- target: {name: b}\n  patch: |-\n    - {op: add, path: /spec, value: {a: 0.10, b: 1e3, c: 1.0, d: 0o7, e: 1_000, f: ~, g: 'no', h: no, i: 12345678901234567890}}\n    - {op: add, path: /text, value: \"a\\tb\\n c\\u0085\\n\\n\"}\n",
  ),
  vars: patched("vars:\n- name: NAME\n  objref: {kind: ConfigMap, name: a, apiVersion: v1}\nconfigurations: []\n"),
};

compare.each(Object.entries(trees))(
  "%s builds byte for byte as with native Kustomize (skipped without Go)",
  async (_, files) => {
    const roots = Object.keys(files)
      .filter((path) => path.endsWith("kustomization.yaml"))
      .map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    const expected = onDisk(files, (directory) => roots.map((root) => native?.build(join(directory, root))));
    for (const [at, root] of roots.entries()) {
      const outcome = await renderer.kustomize({ root, files: treeFiles(files) });
      const want = expected[at];
      if (want?.kind === "built") expect(outcome).toMatchObject({ kind: "rendered", answer: { yaml: want.yaml } });
      else expect([root, outcome.kind]).toEqual([root, "failed"]);
    }
  },
);

const directories = (process.env["PORTCULLIS_KUSTOMIZE_TREES"] ?? "").split(delimiter).filter((path) => path !== "");

(native === undefined || directories.length === 0 ? test.skip : test)(
  "every root of real trees builds as with native Kustomize (skipped without Go and PORTCULLIS_KUSTOMIZE_TREES)",
  async () => {
    const table: string[] = [];
    const differing: string[] = [];
    for (const directory of directories) {
      const { files, roots } = readTreeDirectory(directory);
      let equal = 0;
      const refused = new Map<string, number>();
      for (const root of roots) {
        const outcome = await renderer.kustomize({ root, files });
        const want = native?.build(join(directory, root));
        if (outcome.kind === "rendered" && want?.kind === "built" && outcome.answer.yaml === want.yaml) equal += 1;
        else if (outcome.kind === "failed" && want?.kind === "refused") {
          const why = outcome.message.replaceAll(/"[^"]*"|\S*[/.]\S*/g, "…").slice(0, 60);
          refused.set(why, (refused.get(why) ?? 0) + 1);
        } else differing.push(`${directory} ${root}: ${outcome.kind}, natively ${want?.kind}`);
      }
      table.push(
        `${basename(directory)}: ${roots.length} roots, ${equal} equal, ${roots.length - equal} refused by both`,
      );
      for (const [why, count] of refused) table.push(`  ${count} × ${why}`);
    }
    process.stderr.write(`${table.join("\n")}\n`);
    expect(differing).toEqual([]);
  },
  1_200_000,
);
