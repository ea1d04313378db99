import { createHash } from "node:crypto";
import type { PolicyReading } from "../../config/policy-sources.ts";
import { openJudge } from "../../engine/open-judge.ts";
import type { Derived } from "../../model/derived.ts";
import type { PolicyFile } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree } from "../../model/tree.ts";
import type { FixtureInput } from "../../rego/fixture-tests.ts";
import type { BuiltinRelay } from "../../rego/toolchain/builtin-relay.ts";
import type { Toolchain } from "../../rego/toolchain/toolchain.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import { type Fixture, policiesIn, runFixtures } from "../../engine/authoring/fixtures.ts";
import type { RuleRun } from "./warm-rules.ts";

/** What a run finds on disk. */
export interface FixtureReading {
  readonly reading: PolicyReading;
  readonly fixtures: readonly Fixture[];
  readonly tree: Tree;
}

/** The outcomes of all fixtures, and the problems of the policy set that judged them. */
export interface FixtureRun {
  readonly outcomes: readonly TestOutcome[];
  readonly problems: readonly Problem[];
}

/** Judges fixtures; remembers the outcomes of the last run, and judges again only what changed or depends on a change. */
export interface WarmFixtures {
  /** Which modules are beside fixtures that changed since the last run; none where everything is judged anyway. */
  find(read: FixtureReading, changed: readonly string[] | undefined): Promise<{ readonly modules: readonly string[] }>;
  /** `reach` is what a change concerns; without it all fixtures are judged. */
  run(
    read: FixtureReading,
    pattern: RegExp | undefined,
    reach?: Pick<RuleRun, "affected" | "needed">,
    onInput?: (input: FixtureInput) => void,
  ): Promise<FixtureRun>;
}

interface Kept extends FixtureRun {
  readonly digests: ReadonlyMap<string, string>;
}

/** Creates it over a toolchain that compiles the policies. */
export function createWarmFixtures(toolchain: Toolchain, derived: Derived, relay: BuiltinRelay): WarmFixtures {
  let last: Kept | undefined;
  let digests: ReadonlyMap<string, string> = new Map();
  const isStale = (path: string): boolean => last?.digests.get(path) !== digests.get(path);

  return {
    find: async ({ fixtures, reading, tree }, changed) => {
      digests = await digestsOf(fixtures, tree);
      if (changed === undefined) return { modules: [] };
      const directories = new Set(fixtures.filter(({ path }) => isStale(path)).map(({ beside }) => beside));
      const files = [...reading.sources.files, ...reading.tests].filter(({ path }) =>
        directories.has(directoryOf(path)),
      );
      return { modules: files.map(({ path }) => path) };
    },
    run: async (read, pattern, reach, onInput = () => {}) => {
      const known = last;
      last = undefined;
      const { fixtures, reading, tree } = read;
      const affected = new Set([...(reach?.affected ?? [])].map(directoryOf));
      const part = known !== undefined && reach !== undefined;
      const again = part
        ? fixtures.filter(({ path, beside }) => affected.has(beside) || known.digests.get(path) !== digests.get(path))
        : fixtures;
      const { needed } = reach ?? {};
      const seen = part && needed !== undefined ? needed : undefined;
      const files =
        seen === undefined ? reading.sources.files : reading.sources.files.filter(({ path }) => seen.has(path));
      const fresh =
        again.length === 0
          ? { outcomes: [], problems: [] }
          : await judgeAll(again, { reading, tree, files, pattern, toolchain, derived, relay, onInput });
      if (!part) {
        last = { ...fresh, digests };
        return fresh;
      }
      const gone = new Set(again.map(({ path }) => path));
      const there = new Set(fixtures.map(({ path }) => path));
      const kept = known.outcomes.filter(({ path }) => !gone.has(path) && there.has(path));
      const problems = [
        ...known.problems.filter(({ path }) => path === undefined || seen?.has(path) !== true),
        ...fresh.problems,
      ];
      const order = new Map(fixtures.map(({ path }, at) => [path, at]));
      const outcomes = [...kept, ...fresh.outcomes].toSorted(
        (a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0),
      );
      last = { outcomes, problems, digests };
      return { outcomes, problems };
    },
  };
}

interface Judging {
  readonly reading: PolicyReading;
  readonly tree: Tree;
  readonly files: readonly PolicyFile[];
  readonly pattern: RegExp | undefined;
  readonly toolchain: Toolchain;
  readonly derived: Derived;
  readonly relay: BuiltinRelay;
  readonly onInput: (input: FixtureInput) => void;
}

async function judgeAll(
  fixtures: readonly Fixture[],
  { reading, tree, files, pattern, toolchain, derived, relay, onInput }: Judging,
): Promise<FixtureRun> {
  const now = new Date().toISOString();
  const judge = await openJudge({ ...reading.sources, files }, now, { toolchain, derived, relay });
  try {
    const chosen = fixtures.filter(
      ({ beside, name }) =>
        pattern === undefined || pattern.test(`${policiesIn(beside, files, judge).join(", ")} ${name}`),
    );
    return { outcomes: await runFixtures(chosen, { tree, files, judge, now, onInput }), problems: judge.problems };
  } finally {
    await judge.close();
  }
}

async function digestsOf(fixtures: readonly Fixture[], tree: Tree): Promise<ReadonlyMap<string, string>> {
  const owner = new Map(fixtures.flatMap(({ path, files }) => files.map((file) => [file, path] as const)));
  const hashes = new Map(fixtures.map(({ path }) => [path, createHash("sha256")]));
  for await (const { path, bytes } of tree.readAll([...owner.keys()]))
    hashes
      .get(owner.get(path) ?? "")
      ?.update(JSON.stringify([path, bytes.length]))
      .update(bytes);
  return new Map([...hashes].map(([path, hash]) => [path, hash.digest("hex")]));
}

function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
