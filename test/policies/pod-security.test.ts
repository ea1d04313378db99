import { afterAll, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { policySources } from "../../src/config/policy-sources.ts";
import type { Question } from "../../src/model/judge.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { libraryTree } from "../../src/tree/library-tree.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { freshToolchain, judgeOf, question } from "../rego/judging.ts";

const MODULE = "k8s.io/pod-security-admission@v0.37.2";

/** The Pods by which Kubernetes tests its own admission: LEVEL/vVERSION/pass and fail. Undefined without Go. */
function podsOfKubernetes(): string | undefined {
  const { status, stdout } = spawnSync("go", ["mod", "download", "-json", MODULE], { encoding: "utf8" });
  const directory = status === 0 ? join((JSON.parse(stdout) as { Dir: string }).Dir, "test/testdata") : undefined;
  if (directory !== undefined && existsSync(directory)) return directory;
  process.stderr.write(
    `Without Go and ${MODULE}, profiles are not compared with Kubernetes' own Pod Security tests.\n`,
  );
  return undefined;
}

const pods = podsOfKubernetes();
const comparing = pods === undefined ? test.skip : test;

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

interface Case {
  readonly path: string;
  readonly version: string;
  readonly expected: string;
}

/** All Pods of a level: each is judged in an environment that is called like its version. */
function casesOf(below: string): readonly Case[] {
  return readdirSync(below).flatMap((version) =>
    ["pass", "fail"].flatMap((expected) =>
      readdirSync(join(below, version, expected)).map((name) => ({
        path: join(below, version, expected, name),
        version,
        expected,
      })),
    ),
  );
}

function asked({ path, version }: Case): Question {
  const base = question(load(readFileSync(path, "utf8")) as JsonObject);
  return { ...base, manifest: { ...base.manifest, environment: version } };
}

comparing.each([
  ["baseline", 1555],
  ["restricted", 2982],
])(
  "the profile pss-%s gives the verdict of Kubernetes on each of its own Pods, for each version",
  async (level, count) => {
    const cases = casesOf(join(pods ?? "", level));
    const kubernetes = { environments: Object.fromEntries(cases.map(({ version }) => [version, version.slice(1)])) };
    const selection = { policies: [`@portcullis/pss-${level}`], data: [] };
    const { sources } = await policySources(memoryTree({}), selection, undefined, libraryTree());
    const judge = await judgeOf(toolchain, {}, { ...sources, kubernetes });
    expect(judge.problems).toEqual([]);
    const judgements = await judge.judge(cases.map(asked));
    await judge.close();
    const wrong = judgements.flatMap(({ violations, problems }, index) => {
      const verdict = violations.some((violation) => violation.level === "deny") ? "fail" : "pass";
      const one = cases[index];
      return one === undefined || (verdict === one.expected && problems.length === 0) ? [] : [one.path];
    });
    expect(wrong).toEqual([]);
    expect(cases.length).toBe(count);
  },
  600_000,
);
