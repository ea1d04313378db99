import { check } from "../../gate/check.ts";
import { defaultConfig } from "../../config/default-config.ts";
import type { Judge, Question } from "../../model/judge.ts";
import type { Report } from "../../model/report.ts";
import type { Policy, PolicyFile } from "../../model/policy.ts";
import type { FixtureInput } from "../../rego/fixture-tests.ts";
import type { Tree } from "../../model/tree.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import { withFixtureInventories } from "../fixture-inventories.ts";

/** A file or directory `accepted-*` or `rejected-*` in the `fixtures/` beside a policy's files. */
export interface Fixture {
  readonly path: string;
  readonly name: string;
  readonly expectation: "accepted" | "rejected";
  /** The directory of the policy that it tests. */
  readonly beside: string;
  readonly files: readonly string[];
}

/** Finds fixtures among the paths of a tree. */
export function fixturesIn(paths: readonly string[]): readonly Fixture[] {
  const found = new Map<string, Fixture & { readonly files: string[] }>();
  for (const path of paths) {
    const match = /^((?:(.*)\/)?fixtures\/((accepted|rejected)-[^/]*))(\/.*)?$/.exec(path);
    const [, fixture, beside = "", name, expectation] = match ?? [];
    if (fixture === undefined || name === undefined || !/\.(ya?ml|json)$/.test(path)) continue;
    const known = found.get(fixture);
    if (known !== undefined) known.files.push(path);
    else
      found.set(fixture, {
        path: fixture,
        name: name.replace(/\.(ya?ml|json)$/, ""),
        expectation: expectation as Fixture["expectation"],
        beside,
        files: [path],
      });
  }
  return [...found.values()];
}

/** The ids of the policies whose Rego files are directly in a directory. */
export function policiesIn(directory: string, files: readonly PolicyFile[], judge: Judge): readonly string[] {
  return policiesBeside(directory, files, judge).map(({ id }) => id);
}

function policiesBeside(directory: string, files: readonly PolicyFile[], judge: Judge): readonly Policy[] {
  const packages = new Set(
    files
      .filter(({ path }) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "") === directory)
      .map(({ text }) => /^\s*package\s+([\w.]+)/m.exec(text)?.[1]),
  );
  return judge.policies.filter((policy) => packages.has(policy.package));
}

/** What fixtures are judged by. */
export interface FixtureBench {
  readonly tree: Tree;
  readonly files: readonly PolicyFile[];
  readonly judge: Judge;
  readonly now: string;
  /** Told of each manifest that is judged, with the packages beside its fixture. */
  readonly onInput: (input: FixtureInput) => void;
}

/**
 * Judges all fixtures at once, each by every policy, and compares the findings of the policy beside each with what the
 * fixture expects.
 */
export async function runFixtures(fixtures: readonly Fixture[], bench: FixtureBench): Promise<readonly TestOutcome[]> {
  if (fixtures.length === 0) return [];
  const { tree, files, now } = bench;
  const telling: Judge = {
    ...bench.judge,
    judge: (questions) => {
      questions.forEach(tell);
      return bench.judge.judge(questions);
    },
  };
  const judge = withFixtureInventories(
    telling,
    (path) => fixtures.find((fixture) => fixture.files.includes(path))?.path ?? path,
  );
  const start = performance.now();
  const paths = fixtures.flatMap((fixture) => fixture.files);
  const judged = { after: "fixtures", how: "directory" };
  const report = await check({ after: tree, config: defaultConfig, judge, now, judged, paths, allowEmpty: true });
  const durationMs = (performance.now() - start) / fixtures.length;
  const pins = await pinnedLines(
    tree,
    fixtures.filter(({ expectation }) => expectation === "rejected").flatMap((f) => f.files),
  );
  return fixtures.map(outcomeOf);

  function tell({ manifest, facts }: Question): void {
    const { position, value } = manifest;
    const fixture = fixtures.find((one) => one.files.includes(position.path));
    if (fixture === undefined) return;
    const packages = policiesBeside(fixture.beside, files, judge).map((policy) => policy.package);
    bench.onInput({ packages, manifest: value, ...(facts === undefined ? {} : { facts }) });
  }

  function outcomeOf(fixture: Fixture): TestOutcome {
    const policies = policiesIn(fixture.beside, files, judge);
    const verdict =
      policies.length === 0 ? failed("there is no policy next to it") : hold(fixture, policies, report, pins);
    return {
      kind: "fixture",
      name: `${policies.join(", ") || fixture.beside} ${fixture.name}`,
      path: fixture.path,
      durationMs,
      ...verdict,
    };
  }
}

type Verdict = Pick<TestOutcome, "outcome" | "reasons">;

function failed(...reasons: readonly string[]): Verdict {
  return { outcome: "error", reasons };
}

function hold(
  fixture: Fixture,
  policies: readonly string[],
  report: Report,
  pins: ReadonlyMap<string, readonly number[]>,
): Verdict {
  const within = (path: string | undefined): boolean => path !== undefined && fixture.files.includes(path);
  const problems = report.problems.filter(({ path }) => within(path));
  if (problems.length > 0)
    return failed(...problems.map(({ line, message }) => `${line === undefined ? "" : `line ${line}: `}${message}`));
  const unread = report.skipped.filter(({ path }) => within(path) && !path.endsWith("kustomization.yaml"));
  if (unread.length > 0) return failed(...unread.map(({ path, reason }) => `${path} was not judged: ${reason}`));
  if (!report.checked.some(({ path, manifests }) => within(path) && manifests > 0))
    return failed("it contains no manifest");
  const findings = report.findings.filter(({ policy, location }) => policies.includes(policy) && within(location.path));
  if (fixture.expectation === "accepted") {
    if (findings.length === 0) return { outcome: "pass", reasons: [] };
    return {
      outcome: "fail",
      reasons: findings.map((f) => `expected no finding, got ${f.location.path}:${f.location.line}: ${f.message}`),
    };
  }
  if (findings.length === 0) return { outcome: "fail", reasons: ["expected at least one finding, got none"] };
  const reasons = fixture.files.flatMap((path) => {
    const expected = pins.get(path) ?? [];
    if (expected.length === 0) return [];
    const got = findings.filter(({ location }) => location.path === path);
    const missing = expected.filter((line) => !got.some(({ location }) => location.line === line));
    const surplus = got.filter(({ location }) => !expected.includes(location.line));
    return [
      ...missing.map((line) => `expected a finding at ${path}:${line}, got none`),
      ...surplus.map((f) => `expected no finding at ${path}:${f.location.line}, got: ${f.message}`),
    ];
  });
  return reasons.length === 0 ? { outcome: "pass", reasons } : { outcome: "fail", reasons };
}

/** The numbers of the lines that end in `# finding`, by file. */
async function pinnedLines(tree: Tree, paths: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const pins = new Map<string, readonly number[]>();
  const decoder = new TextDecoder();
  for await (const { path, bytes } of tree.readAll(paths)) {
    const lines = decoder.decode(bytes).split("\n");
    pins.set(
      path,
      lines.flatMap((line, at) => (/(^|\s)# finding\s*$/.test(line) ? [at + 1] : [])),
    );
  }
  return pins;
}
