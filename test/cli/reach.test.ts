import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { reachOf } from "../../src/cli/reach.ts";
import { directoryTree } from "../../src/tree/directory-tree.ts";

let disk: string;

beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), "portcullis-reach-"));
});

afterEach(() => rmSync(disk, { recursive: true }));

const kustomization = (...resources: string[]): string => `resources: [${resources.join(", ")}]\n`;
const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\n";

function write(files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(disk, path)), { recursive: true });
    writeFileSync(join(disk, path), text);
  }
}

/** The paths that are listed where `named` are on the command line. */
async function reach(named: readonly string[], isHome = false): Promise<readonly string[]> {
  const treeOf = (paths: readonly string[]) => directoryTree(disk, { paths });
  return (await reachOf(treeOf(named), { root: disk, paths: named, isHome }, treeOf)).toSorted();
}

test("files that refer to nothing are listed alone", async () => {
  write({ "apps/a.yaml": "kind: ConfigMap\n", "other/b.yaml": "kind: ConfigMap\n" });
  expect(await reach(["apps"])).toEqual(["apps"]);
});

test("outside every repository a kustomization adds its bases, and theirs, and nothing else", async () => {
  write({
    "apps/prod/kustomization.yaml": kustomization("../base", "../gone"),
    "apps/base/kustomization.yaml": kustomization("'../../common'"),
    "common/a.yaml": "kind: ConfigMap\n",
    "other/b.yaml": "kind: ConfigMap\n",
  });
  expect(await reach(["apps/prod"])).toEqual(["apps/base", "apps/prod", "common"]);
});

test("outside every repository a GitOps object does not make the disk part of the tree", async () => {
  write({ "apps/a.yaml": application, "other/b.yaml": "kind: ConfigMap\n" });
  expect(await reach(["apps"])).toEqual(["apps"]);
});

test("a GitOps object adds its whole repository, and nothing beside it", async () => {
  write({ "fleet/.git/HEAD": "", "fleet/apps/a.yaml": application, "other/b.yaml": "kind: ConfigMap\n" });
  expect(await reach(["fleet/apps"])).toEqual(["fleet"]);
});

test("a GitOps object adds the working directory where there is no repository", async () => {
  write({ "apps/a.yaml": application });
  expect(await reach(["apps"], true)).toEqual([""]);
});
