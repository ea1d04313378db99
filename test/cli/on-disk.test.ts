import { describe, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { configurationHere, configurationOfChange, configurationOnDisk } from "../../src/cli/read-configuration.ts";
import { directorySubject } from "../../src/cli/subject.ts";
import { directoryTree } from "../../src/tree/directory-tree.ts";
import { leftOutOf } from "../../src/tree/left-out.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

function repositoryWith(files: { readonly [path: string]: string }): string {
  const directory = directoryWith(files);
  spawnSync("git", ["init", "-q", directory]);
  return directory;
}

async function listed(root: string, named: readonly string[]): Promise<[readonly string[], readonly string[]]> {
  const { holds, met } = await leftOutOf(root, named);
  const entries = await directoryTree(root, { leftOut: holds }).list();
  return [entries.map(({ path }) => path), [...met].toSorted()];
}

test("what Git ignores is left out, but not what it tracks all the same", async () => {
  const root = repositoryWith({
    ".gitignore": "build/\n*.log.yaml\n",
    "apps/a.yaml": configMap,
    "apps/a.log.yaml": configMap,
    "build/b.yaml": configMap,
    "tools/build/c.yaml": configMap,
    "tools/build/d.yaml": configMap,
  });
  spawnSync("git", ["-C", root, "add", "-f", "tools/build/c.yaml"]);
  expect(await listed(root, [])).toEqual([
    [".gitignore", "apps/a.yaml", "tools/build/c.yaml"],
    ["apps/a.log.yaml", "build", "tools/build/d.yaml"],
  ]);
  expect((await listed(join(root, "tools"), []))[0]).toEqual(["build/c.yaml"]);
});

test("what a person names is judged though Git ignores it", async () => {
  const root = repositoryWith({
    ".gitignore": "build/\n",
    "build/b.yaml": configMap,
    "build/node_modules/c.yaml": configMap,
  });
  expect(await listed(root, ["build"])).toEqual([[".gitignore", "build/b.yaml"], ["build/node_modules"]]);
  expect((await listed(root, ["build/b.yaml"]))[0]).toContain("build/b.yaml");
});

test("node_modules is left out where there is no repository, at any depth", async () => {
  const root = directoryWith({
    "a.yaml": configMap,
    "node_modules/a.yaml": configMap,
    "x/node_modules/a.yaml": configMap,
  });
  expect(await listed(root, [])).toEqual([["a.yaml"], ["node_modules", "x/node_modules"]]);
});

test("a check names what it leaves out, and a pattern of exclude that matches nothing", async () => {
  const root = repositoryWith({
    ".gitignore": "build/\n",
    "portcullis.yaml": "version: 1\nmanifests: { exclude: [old/**] }\n",
    "a.yaml": configMap,
    "build/b.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: { name: b }\nspec: { containers: [{ name: b, image: nginx }] }\n",
  });
  const { code, err } = await portcullis(root, ["check"]);
  expect(err).toContain("portcullis: left out, since no commit holds it: build\n");
  expect(err).toContain('portcullis: the pattern "old/**" of manifests.exclude matches no file\n');
  expect(code).toBe(0);
}, 60_000);

test("a configuration above the working directory is named, never ignored", async () => {
  const root = repositoryWith({ "portcullis.yaml": "version: 1\nmode: report\n", "apps/web/a.yaml": configMap });
  const apps = join(root, "apps/web");
  await expect(configurationHere(undefined, apps)).rejects.toThrow(
    "../../portcullis.yaml holds for this directory: run portcullis in ../.., or give --config ../../portcullis.yaml",
  );
  expect((await configurationHere(undefined, root)).config.mode).toBe("report");
  expect((await configurationHere("../../portcullis.yaml", apps)).config.mode).toBe("report");
  // Policy tests have no paths that a configuration above could mean otherwise.
  expect((await configurationOnDisk(undefined, apps)).config.mode).toBe("report");
});

test("nothing above the root of the repository is looked at", async () => {
  const outer = directoryWith({ "portcullis.yaml": "version: 1\nmode: report\n", "inner/a.yaml": configMap });
  spawnSync("git", ["init", "-q", join(outer, "inner")]);
  expect((await configurationHere(undefined, join(outer, "inner"))).config.mode).toBe("enforce");
});

test.each([".", "apps"])("portcullis.yml is refused by name from %s", async (from) => {
  const root = repositoryWith({ "portcullis.yml": "version: 1\n", "apps/a.yaml": configMap });
  await expect(configurationHere(undefined, join(root, from))).rejects.toThrow(
    "portcullis.yml: the file must be called portcullis.yaml",
  );
});

test("portcullis.yml in the base of a change is refused", async () => {
  await expect(configurationOfChange(undefined, ".", memoryTree({ "portcullis.yml": "version: 1\n" }))).rejects.toThrow(
    "portcullis.yml: the file must be called portcullis.yaml",
  );
});

test("a wrong argument of verify is bad usage, not an unexpected error", async () => {
  const { code, err } = await portcullis(directoryWith({}), [
    "verify",
    "--commit",
    "HEAD",
    "--app-id",
    "1",
    "--repository",
    "a/b",
  ]);
  expect([code, err]).toEqual([2, "error: --commit HEAD: expected a full commit id, as git rev-parse prints it\n"]);
}, 60_000);

describe("the tree of a path outside the working directory", () => {
  const flux = `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n`;
  const subject = (named: string) => directorySubject([named], {}, directoryWith({}));

  test("starts where its repository does, so that GitOps objects find their paths", async () => {
    const root = repositoryWith({ "clusters/a.yaml": flux, "apps/a.yaml": configMap });
    const { after, paths } = await subject(join(root, "clusters"));
    expect(after.name).toBe(root);
    expect(paths).toEqual(["clusters"]);
    expect((await after.list()).map(({ path }) => path)).toEqual(["apps/a.yaml", "clusters/a.yaml"]);
  });

  test("starts at what is named where there is no repository", async () => {
    const root = directoryWith({ "clusters/a.yaml": flux, "apps/a.yaml": configMap });
    expect((await subject(root)).after.name).toBe(root);
    expect((await subject(join(root, "apps/a.yaml"))).after.name).toBe(join(root, "apps"));
  });

  test("contains the bases of what is named", async () => {
    const root = directoryWith({
      "apps/prod/kustomization.yaml": "resources: [../base]\n",
      "apps/base/kustomization.yaml": "resources: [a.yaml]\n",
      "apps/base/a.yaml": configMap,
    });
    const { after, paths } = await subject(join(root, "apps/prod"));
    expect(after.name).toBe(join(root, "apps"));
    expect(paths).toEqual(["prod"]);
    expect((await after.list()).map(({ path }) => path)).toContain("base/a.yaml");
  });
});
