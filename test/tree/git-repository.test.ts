import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Tree } from "../../src/model/tree.ts";
import { directoryTree } from "../../src/tree/directory-tree.ts";
import { openRepository, type GitRepository } from "../../src/tree/git-repository.ts";
import { gitFixture, type GitFixture } from "./git-fixture.ts";

const link = "0123456789012345678901234567890123456789";
let fixture: GitFixture;
let repository: GitRepository;
let first: string;
let merged: { readonly base: string; readonly head: string; readonly conflict: string };

beforeAll(async () => {
  fixture = gitFixture();
  first = fixture.commit({
    "a.yaml": "a: 1\n",
    'dir/ö "quoted"\tname.yaml': "b: 2\n",
    "dir/empty.yaml": "",
    "link.yaml": { symlink: "a.yaml" },
    "big.bin": new Uint8Array(300_000).fill(7),
    sub: { submodule: link },
  });
  fixture.git("checkout", "-q", "-b", "head");
  const head = fixture.commit({ "head.yaml": "h: 1\n" });
  fixture.git("checkout", "-q", "-b", "conflict", first);
  const conflict = fixture.commit({ "a.yaml": "a: 3\n" });
  fixture.git("checkout", "-q", "main");
  const base = fixture.commit({ "a.yaml": "a: 2\n" });
  merged = { base, head, conflict };
  repository = await openRepository(fixture.directory);
});

afterAll(async () => {
  await repository.close();
  fixture.remove();
});

async function contents(tree: Tree): Promise<{ readonly [path: string]: string }> {
  const entries = (await tree.list()).filter(({ kind }) => kind !== "submodule");
  const found: { [path: string]: string } = {};
  for await (const { path, bytes } of tree.readAll(entries.map(({ path }) => path))) {
    found[path] = bytes.length > 1000 ? `${bytes.length} bytes` : new TextDecoder().decode(bytes);
  }
  return found;
}

test("a commit's files, links and submodules are listed by path with their kinds", async () => {
  const entries = await repository.tree(first).list();
  expect(entries.map(({ path, kind, size }) => [path, kind, size])).toEqual(
    [
      ["a.yaml", "file", 5],
      ["big.bin", "file", 300_000],
      ["dir/empty.yaml", "file", 0],
      ['dir/ö "quoted"\tname.yaml', "file", 5],
      ["link.yaml", "symlink", 6],
      ["sub", "submodule", undefined],
    ].toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  );
});

test("bytes are read one by one and in a stream, links as their target", async () => {
  const tree = repository.tree(first);
  expect(await contents(tree)).toEqual({
    "a.yaml": "a: 1\n",
    "big.bin": "300000 bytes",
    "dir/empty.yaml": "",
    'dir/ö "quoted"\tname.yaml': "b: 2\n",
    "link.yaml": "a.yaml",
  });
  const [one, two] = await Promise.all([tree.read("a.yaml"), repository.tree(merged.base).read("a.yaml")]);
  expect([one, two].map((bytes) => new TextDecoder().decode(bytes))).toEqual(["a: 1\n", "a: 2\n"]);
});

test("a path that is not in the tree, and a submodule, reject", async () => {
  await expect(repository.tree(first).read("nope")).rejects.toThrow("has no file nope");
  await expect(repository.tree(first).read("sub")).rejects.toThrow("has no file sub");
});

test("a directory has the ids that Git has, leaves .git out and does not follow links", async () => {
  fixture.git("checkout", "-q", "main");
  const fromGit = (await repository.tree(merged.base).list()).filter(({ kind }) => kind !== "submodule");
  const fromDisk = await directoryTree(fixture.directory).list();
  expect(fromDisk.map(({ path, kind, id }) => ({ path, kind, id }))).toEqual(
    fromGit.map(({ path, kind, id }) => ({ path, kind, id })),
  );
});

test.each(["main", "HEAD~1", "refs/heads/head"])("the revision %s is a commit", async (revision) => {
  expect(await repository.resolve(revision)).toEqual({ kind: "commit", id: fixture.git("rev-parse", revision) });
});

test.each(["nope", "", "--all", "--upload-pack=touch /tmp/x", "a..b", "HEAD:a.yaml"])(
  "the revision %j is a problem that names it",
  async (revision) => {
    const resolution = await repository.resolve(revision);
    expect(resolution).toMatchObject({
      kind: "problem",
      problem: { stage: "read", message: expect.stringContaining(`"${revision}" names no commit`) },
    });
  },
);

test("a branch that only a remote has is meant by its name, with and without that of the remote", async () => {
  fixture.git("update-ref", "refs/remotes/origin/release", first);
  for (const name of ["release", "origin/release", "remotes/origin/release"])
    expect(await repository.resolve(name)).toEqual({ kind: "commit", id: first });
});

test("a tag never takes the place of a branch of the same name, here or of a remote", async () => {
  const head = fixture.git("rev-parse", "refs/heads/head");
  fixture.git("update-ref", "refs/heads/stable", first);
  fixture.git("update-ref", "refs/remotes/origin/stable-there", first);
  for (const tag of ["stable", "stable-there", "origin/stable-there", "only-a-tag"]) fixture.git("tag", tag, head);
  for (const name of ["stable", "stable^{commit}", "stable-there", "origin/stable-there"])
    expect(await repository.resolve(name)).toEqual({ kind: "commit", id: first });
  expect(await repository.resolve("only-a-tag")).toMatchObject({
    problem: {
      message: expect.stringMatching(
        /^"only-a-tag" is a tag in .*: to judge from the tag, give refs\/tags\/only-a-tag$/,
      ),
    },
  });
  expect(await repository.resolve("refs/tags/only-a-tag")).toEqual({ kind: "commit", id: head });
});

test("a name that two remotes, or a branch and a remote, use for different commits is refused", async () => {
  const head = fixture.git("rev-parse", "refs/heads/head");
  fixture.git("update-ref", "refs/remotes/origin/next", first);
  fixture.git("update-ref", "refs/remotes/fork/next", head);
  fixture.git("update-ref", "refs/heads/origin/next", head);
  for (const name of ["next", "origin/next"])
    expect(await repository.resolve(name)).toMatchObject({
      problem: { message: expect.stringMatching(new RegExp(`^"${name}" is ambiguous in .* are different commits`)) },
    });
  expect(await repository.resolve("fork/next")).toEqual({ kind: "commit", id: head });
});

test("head merged into base is what is judged, and the repository gets no new object", async () => {
  const objects = fixture.git("count-objects");
  const result = await repository.mergedTrees("main", "head");
  if (result.kind === "problem") throw new Error(result.problem.message);
  expect(result.trees.how).toBe("merge of head into base");
  expect(result.trees.before.name).toBe(merged.base);
  expect(await contents(result.trees.after)).toMatchObject({ "a.yaml": "a: 2\n", "head.yaml": "h: 1\n" });
  expect(fixture.git("count-objects")).toBe(objects);
});

test("a conflict is judged as head against the merge base, and says so", async () => {
  const result = await repository.mergedTrees("main", "conflict");
  if (result.kind === "problem") throw new Error(result.problem.message);
  expect(result.trees.how).toBe("head against merge base (base and head conflict)");
  expect([result.trees.before.name, result.trees.after.name]).toEqual([first, merged.conflict]);
});

test("a head on top of its base is judged as it is", async () => {
  const result = await repository.mergedTrees("head~1", "head");
  expect(result).toMatchObject({
    kind: "trees",
    trees: { how: "head on top of base", before: { name: first }, after: { name: merged.head } },
  });
});

test("merge drivers of the repository are not run", async () => {
  fixture.git("config", "merge.evil.driver", `touch ${join(fixture.directory, "ran")}`);
  const result = await repository.mergedTrees("main", "head");
  fixture.git("config", "--unset", "merge.evil.driver");
  expect(result).toMatchObject({ trees: { how: expect.stringContaining("merge drivers") } });
});

test("histories without a common ancestor in a shallow clone are a problem that says what to fetch", async () => {
  const shallow = gitFixture();
  shallow.git("fetch", "-q", "--depth=1", `file://${fixture.directory}`, "main:base", "head:head");
  const clone = await openRepository(shallow.directory);
  expect(await clone.mergedTrees("base", "head")).toMatchObject({
    kind: "problem",
    problem: { message: expect.stringContaining("--unshallow") },
  });
  expect(await clone.resolve("gone")).toMatchObject({ problem: { message: expect.stringContaining("shallow") } });
  await clone.close();
  shallow.remove();
});

test("an object that the clone lacks is an error of its path and of no other", async () => {
  const broken = gitFixture();
  const commit = broken.commit({ "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
  const id = broken.git("rev-parse", `${commit}:a.yaml`);
  rmSync(join(broken.directory, ".git", "objects", id.slice(0, 2), id.slice(2)));
  const clone = await openRepository(broken.directory);
  const tree = clone.tree(commit);
  await expect(tree.read("a.yaml")).rejects.toThrow(`object ${id} is missing from this clone`);
  expect(new TextDecoder().decode(await tree.read("b.yaml"))).toBe("b: 1\n");
  await clone.close();
  broken.remove();
});

test("an object that would not fit into memory is an error of its path and of no other", async () => {
  const large = gitFixture();
  // Zeros: 300 MB that Git packs into a few hundred KB.
  writeFileSync(join(large.directory, "large.yaml"), "");
  truncateSync(join(large.directory, "large.yaml"), 300_000_000);
  const commit = large.commit({ "z.yaml": "z: 1\n" });
  const clone = await openRepository(large.directory);
  const tree = clone.tree(commit);
  const [first, second] = await Promise.allSettled([tree.read("large.yaml"), tree.read("z.yaml")]);
  expect(first).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("300000000 bytes") } });
  expect(second).toMatchObject({ status: "fulfilled", value: new TextEncoder().encode("z: 1\n") });
  await clone.close();
  large.remove();
});

test("settings of the repository run nothing", async () => {
  const ran = join(fixture.directory, "ran");
  const script = join(fixture.directory, ".git", "evil.sh");
  writeFileSync(script, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  for (const key of ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "filter.x.smudge"])
    fixture.git("config", key, script);
  const again = await openRepository(fixture.directory);
  await contents(again.tree(first));
  await again.mergedTrees("main", "head");
  await again.close();
  expect((await directoryTree(fixture.directory).list()).map(({ path }) => path)).not.toContain("ran");
});

test("a directory outside any repository is refused", async () => {
  await expect(openRepository("/")).rejects.toThrow("is not a Git repository");
});

test("names that are not UTF-8 stay apart, and each file is read by its own", async () => {
  const odd = gitFixture();
  for (const [byte, text] of [
    [0xfe, "a: 1\n"],
    [0xff, "b: 1\n"],
  ] as const) {
    writeFileSync(Buffer.concat([Buffer.from(`${odd.directory}/é`), Buffer.from([byte]), Buffer.from(".yaml")]), text);
  }
  const commit = odd.commit({ "ü.yaml": "c: 1\n" });
  const clone = await openRepository(odd.directory);
  expect(await contents(clone.tree(commit))).toEqual({
    "\ufffdc3\ufffda9\ufffdfe.yaml": "a: 1\n",
    "\ufffdc3\ufffda9\ufffdff.yaml": "b: 1\n",
    "ü.yaml": "c: 1\n",
  });
  await clone.close();
  odd.remove();
});

test("a tree with two files of one name is refused, for one would hide the other", async () => {
  const odd = gitFixture();
  const first = odd.commit({ "a.yaml": "a: 1\n" });
  const blob = odd.git("rev-parse", `${first}:a.yaml`);
  const entry = Buffer.concat([Buffer.from("100644 a.yaml\0"), Buffer.from(blob, "hex")]);
  writeFileSync(join(odd.directory, "tree"), Buffer.concat([entry, entry]));
  const tree = odd.git("hash-object", "-t", "tree", "--literally", "-w", "tree");
  const clone = await openRepository(odd.directory);
  await expect(clone.tree(tree).list()).rejects.toThrow("two files with the same name");
  await clone.close();
  odd.remove();
});
