import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { discover } from "../../src/render/discover-files.ts";
import { scopeOf } from "../../src/render/files/scope.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";

const pod = (name: string, image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: main, image: "${image}" }] }\n`;

/** Contents of every kind that a repository may hold, good and bad. */
const contents: readonly MemoryFile[] = [
  pod("a", "nginx:1"),
  pod("b", "nginx:latest"),
  pod("crash", "nginx:1"),
  `${pod("c", "nginx:latest")}---\n${pod("a", "nginx:2")}`,
  `${pod("c", "nginx:1")}---\nreplicas: 3\n`,
  `${pod("c", "nginx:1")}---\n{ broken\n`,
  "",
  "# nothing\n",
  "replicas: 3\n",
  "{{ template }}\n",
  "a: 1\na: 2\n",
  '{"kind": "List", "apiVersion": "v1", "items": []}',
  new Uint8Array([0, 1, 2, 255]),
  new TextEncoder().encode("\0GITCRYPT\0secret"),
  "sops: { mac: x }\napiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { a: 'ENC[x]' }\n",
  "patches: [{ path: a.yaml }, { path: b.yaml }]\nresources: [c.yaml]\n",
  "patches: [\n",
  { symlink: "a.yaml" },
  { symlink: "../a.yaml" },
  { symlink: "../../../../out.yaml" },
  { symlink: "x" },
  { submodule: "0123" },
];
const names = [
  "a.yaml",
  "b.yaml",
  "c.yaml",
  "d.json",
  "kustomization.yaml",
  "Chart.yaml",
  "templates/a.yaml",
  "crds/a.yaml",
  "x",
  "e.cue",
  "README.md",
  "l.yml",
];
const directories = ["", "x1/", "x1/y/", "prod/"];

/** Numbers that only look random, so that a failure can be had again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomTree(next: (below: number) => number): { [path: string]: MemoryFile } {
  const files: { [path: string]: MemoryFile } = {};
  for (const directory of directories) {
    for (const name of names) if (next(3) === 0) files[directory + name] = contents[next(contents.length)] ?? "";
  }
  // A path is either a file or a directory.
  for (const path of Object.keys(files)) {
    if (Object.keys(files).some((other) => other.startsWith(`${path}/`))) delete files[path];
  }
  return files;
}

function places(report: Report): readonly string[] {
  return [
    ...report.checked.map(({ path }) => path),
    ...report.skipped.map(({ path }) => path),
    ...new Set(report.problems.map(({ path }) => path ?? "")),
  ];
}

test("every file in scope is either checked, or skipped, or a problem, whatever the trees hold", async () => {
  const rounds = Number(process.env["PORTCULLIS_SWEEP"] ?? 60);
  for (let seed = 1; seed <= rounds; seed += 1) {
    const next = numbers(seed);
    const [before, after] = [randomTree(next), randomTree(next)];
    for (const path of Object.keys(before)) if (next(2) === 0) after[path] ??= before[path] ?? "";
    const tree = memoryTree(after);
    const scope = scopeOf(defaultConfig.manifests);
    const inScope = (await discover(tree, scope, new Map())).map(({ entry }) => entry.path);
    const request = {
      after: tree,
      config: defaultConfig,
      judge: simpleJudge(),
      now: "2026-01-01T00:00:00Z",
      allowEmpty: true,
    };
    const judged = { after: "after", how: "test" };
    const change = await check({ ...request, before: memoryTree(before), judged });
    const alone = await check({ ...request, judged });
    expect({ seed, places: places(change).toSorted() }).toEqual({ seed, places: inScope });
    expect({ seed, places: places(alone).toSorted() }).toEqual({ seed, places: inScope });
    // A change judges every manifest that the tree alone has, and says of each violation whether it is new.
    const ofAfter = change.findings.filter(({ status, policy }) => status !== "fixed" && policy !== "change/freeze");
    expect(ofAfter).toHaveLength(alone.findings.length);
    expect(change.counts.manifests).toBe(alone.counts.manifests);
    const again = await check({ ...request, before: tree, judged });
    expect(again.findings.filter(({ status }) => status !== "existing")).toEqual([]);
    expect(again.problems.filter(({ status }) => status !== "existing")).toEqual([]);
  }
});
