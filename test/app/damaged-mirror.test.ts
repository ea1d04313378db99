import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { Repository } from "../support/github/state.ts";

let github: SimulatedGitHub;
let stateDir: string;
let app: TestApp;

beforeAll(async () => {
  github = await startGitHub();
  stateDir = await mkdtemp(join(tmpdir(), "portcullis-damaged-"));
  app = await startApp(github, { stateDir });
});
afterAll(async () => {
  await app.stop();
  await github.close();
  await rm(stateDir, { recursive: true, force: true });
});
afterEach(() => expect(github.violations).toEqual([]));

/** The loose objects of a mirror and its packs. */
async function objectsOf(mirror: string): Promise<readonly string[]> {
  const entries = await readdir(join(mirror, "objects"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^[0-9a-f]{38}$|\.pack$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What a disk, a full one or a crash of the machine does to the files of a mirror. */
const damages: readonly (readonly [string, (mirror: string) => Promise<void>])[] = [
  [
    "objects are cut short",
    async (mirror) => {
      for (const file of await objectsOf(mirror)) {
        await chmod(file, 0o644);
        const bytes = await readFile(file);
        await writeFile(file, bytes.subarray(0, bytes.length >> 1));
      }
    },
  ],
  ["objects are missing", async (mirror) => Promise.all((await objectsOf(mirror)).map((file) => rm(file))).then()],
  ["packed-refs holds garbage", (mirror) => writeFile(join(mirror, "packed-refs"), "\0\0 no ref\n")],
  ["HEAD is empty", (mirror) => writeFile(join(mirror, "HEAD"), "")],
  ["shallow holds garbage", (mirror) => writeFile(join(mirror, "shallow"), "no commit\n")],
  [
    "locks of a killed process are left",
    async (mirror) => {
      for (const path of ["shallow.lock", "HEAD.lock", "refs/portcullis/kept/in-force.lock", "packed-refs.lock"])
        await writeFile(join(mirror, path), "");
    },
  ],
  ["all of it is gone", (mirror) => rm(mirror, { recursive: true })],
];

const FILES = {
  ...rules(),
  "apps/base/kustomization.yaml": "resources: [web.yaml]\n",
  "apps/base/web.yaml": deployment("nginx:1.27"),
  "apps/production/kustomization.yaml": "resources: [../base]\n",
};

async function verdicts(repository: Repository): Promise<readonly unknown[]> {
  const image = (tag: string) => ({
    "apps/production/kustomization.yaml": `resources: [../base]\nimages: [{ name: nginx, newTag: "${tag}" }]\n`,
  });
  const pulls = [
    await github.proposeFiles(repository, image("1.28")),
    await github.proposeFiles(repository, image("latest")),
  ];
  const conclusions = [];
  for (const pull of pulls) {
    await app.concluded(pull);
    conclusions.push(github.runsOf(pull, "portcullis").map(({ conclusion }) => conclusion));
  }
  return conclusions;
}

const RIGHT = [["success"], ["failure"]];

test.each(damages)("verdicts are right, and there is one of each, where of a mirror %s", async (what, damage) => {
  const fullName = `acme/${what.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  const repository = await github.createRepository({ fullName, files: FILES });
  expect(await verdicts(repository)).toEqual(RIGHT);
  await app.idle();
  const mirror = join(stateDir, "mirrors", `${repository.id}.git`);

  // While the App has it open.
  await damage(mirror);
  expect(await verdicts(repository)).toEqual(RIGHT);
  await app.idle();

  // Before the App opens it.
  await app.stop();
  await damage(mirror);
  app = await startApp(github, { stateDir });
  expect(await verdicts(repository)).toEqual(RIGHT);
  await app.idle();
  expect(await readdir(dirname(mirror))).toContain(basename(mirror));
});
