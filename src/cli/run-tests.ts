import { conventionalPolicies, LIBRARY } from "../config/named-policies.ts";
import { join, resolve } from "node:path";
import type { PolicyReading, PolicySelection } from "../config/policy-sources.ts";
import { policySources } from "../config/policy-sources.ts";
import type { JsonObject } from "../model/json.ts";
import type { PolicyFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { versionHint } from "../rego/compile-sources.ts";
import { FIXTURE_TESTS, type FixtureInput, fixtureTests } from "../rego/fixture-tests.ts";
import { mergeData } from "../rego/merge-data.ts";
import type { ModuleSource, RegoError, TestAnswer, TestResult } from "../rego/toolchain/protocol.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import type { TestOutcome, TestRun } from "../report/tests/test-run.ts";
import { placeOf } from "../report/wording.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { libraryTree } from "../tree/library-tree.ts";
import { fixturesIn, policiesIn, runFixtures } from "./fixtures.ts";
import { openJudge } from "../engine/open-judge.ts";
import { isUnder, namedPaths } from "./paths.ts";
import { configurationOnDisk } from "./read-configuration.ts";
import { type ConfigInForce, readNamed } from "./read-policies.ts";
import { UsageError } from "./usage-error.ts";
import type { Watch } from "./watch.ts";

/** Which policy tests to run, and how. */
export interface TestRequest {
  readonly named: readonly string[];
  readonly policy?: readonly string[];
  readonly data?: readonly string[];
  readonly regoVersion: "v0" | "v1";
  readonly config?: string;
  readonly run?: RegExp;
  readonly coverage: boolean;
}

/**
 * Runs the named policy tests, or those of the policies in the configuration. `watch` is told of everything that the
 * tests come from before it is read.
 */
export async function runTests(request: TestRequest, watch: Watch = () => {}): Promise<TestRun> {
  const cwd = process.cwd();
  watch([resolve(cwd, request.config ?? "portcullis.yaml")]);
  const inForce = await configurationOnDisk(request.config, cwd);
  const named = await policiesUnderTest(request.named, inForce);
  const { root, paths, shown } = namedPaths([...named, ...(request.policy ?? [])], cwd);
  watch([
    ...paths.map((path) => join(root, path)),
    ...inForce.config.data.map((path) => join(inForce.tree.name, path)),
    ...(request.data ?? []).map((path) => resolve(cwd, path)),
  ]);
  const tree = directoryTree(root, { paths });
  const scope = { namespaces: "*" as const, regoVersion: request.regoVersion };
  const reading = await policySources(tree, { policies: paths, data: [], ...scope });
  const configured = await beside(inForce, scope);
  const extra = await readNamed([], request.data ?? [], scope, cwd);
  const problems = [...inForce.problems, ...reading.problems, ...configured.problems, ...extra.problems];
  const files = [...reading.sources.files, ...configured.sources.files];
  const data = [...configured.sources.data, ...extra.sources.data];
  const all = { ...reading, sources: { ...reading.sources, files, data } };

  const inputs: FixtureInput[] = [];
  const fixtures = await runAllFixtures(all, request);
  const rules = await runRules(all, request, inputs);
  return {
    outcomes: [...rules.outcomes, ...fixtures.outcomes].map((one) => ({ ...one, path: shown(one.path) })),
    problems: [...new Set([...problems.map(inWords), ...rules.problems, ...fixtures.problems])],
    ...(request.coverage ? { coverage: rules.coverage ?? { percentage: 0, files: [] } } : {}),
  };

  async function runAllFixtures(
    of: PolicyReading,
    { run: pattern }: TestRequest,
  ): Promise<Pick<TestRun, "outcomes" | "problems">> {
    const under = paths.slice(0, named.length);
    const found = fixturesIn(
      (await tree.list()).filter(({ kind, path }) => kind === "file" && isUnder(path, under)).map(({ path }) => path),
    );
    if (found.length === 0) return { outcomes: [], problems: [] };
    const now = new Date().toISOString();
    const judge = await openJudge(of.sources, now);
    try {
      const chosen = found.filter(
        (fixture) =>
          pattern === undefined ||
          pattern.test(`${policiesIn(fixture.beside, of.sources.files, judge).join(", ")} ${fixture.name}`),
      );
      const outcomes = await runFixtures(chosen, {
        tree,
        files: of.sources.files,
        judge,
        now,
        onInput: (input) => inputs.push(input),
      });
      return { outcomes, problems: judge.problems.map(inWords) };
    } finally {
      await judge.close();
    }
  }
}

type Scope = Pick<PolicySelection, "namespaces" | "regoVersion">;

/**
 * What the policies under test need besides themselves: the data of the configuration, and the library, whose own tests
 * are not run.
 */
async function beside({ config, source, tree }: ConfigInForce, scope: Scope): Promise<PolicyReading> {
  const policies = config.policies.filter((path) => path === LIBRARY);
  return policySources(tree, { policies, data: config.data, ...scope }, source, libraryTree());
}

async function policiesUnderTest(
  named: readonly string[],
  { config, source, tree }: ConfigInForce,
): Promise<readonly string[]> {
  if (named.length > 0) return named;
  if (config.policies.length > 0)
    return config.policies.filter((path) => path !== LIBRARY).map((path) => join(tree.name, path));
  const why = source === undefined ? "no portcullis.yaml" : `${source.path} lists no policies`;
  const found = await conventionalPolicies(tree);
  if (found === undefined)
    throw new UsageError(`${why}, and neither policies/ nor policy/ contains Rego: name the policies to test`);
  process.stderr.write(`portcullis: ${why}: testing the policies in ${found}/\n`);
  return [found];
}

async function runRules(
  reading: PolicyReading,
  request: TestRequest,
  inputs: readonly FixtureInput[],
): Promise<TestRun> {
  const ofFixtures = request.coverage && inputs.length > 0 ? [fixtureTests(inputs, reading.sources.files)] : [];
  if (reading.tests.length + ofFixtures.length === 0) return { outcomes: [], problems: [] };
  const { data, problems } = mergeData(reading.sources.data);
  const toolchain = createToolchain();
  try {
    const answer = await ask(toolchain, { reading, ofFixtures, data }, request);
    return {
      outcomes: answer.results.filter(({ path }) => path !== FIXTURE_TESTS.path).flatMap(outcomesOf),
      problems: [...problems.map(inWords), ...errorsInWords(answer.errors, request.regoVersion)],
      ...(answer.coverage === undefined ? {} : { coverage: coverageOf(answer.coverage) }),
    };
  } finally {
    toolchain.close();
  }
}

async function ask(
  toolchain: Toolchain,
  of: { readonly reading: PolicyReading; readonly ofFixtures: readonly ModuleSource[]; readonly data: JsonObject },
  request: TestRequest,
): Promise<TestAnswer> {
  const { reading, ofFixtures, data } = of;
  const module = ({ path, text }: PolicyFile): ModuleSource => ({ path, text, regoVersion: request.regoVersion });
  const outcome = await toolchain.test({
    modules: [...[...reading.sources.files, ...reading.tests].map(module), ...ofFixtures],
    data,
    ...(request.run === undefined ? {} : { run: `(?:${request.run.source})|${FIXTURE_TESTS.package}\\.` }),
    coverage: request.coverage,
  });
  if (outcome.kind === "failed")
    return { results: [], errors: [{ path: "", line: 0, column: 0, code: outcome.reason, message: outcome.message }] };
  return outcome.answer;
}

function outcomesOf(result: TestResult): readonly TestOutcome[] {
  const name = `${result.package.replace(/^data\./, "")}.${result.name}`;
  const base = { kind: "rule", path: result.path, line: result.line, durationMs: result.durationNs / 1e6 } as const;
  const { outcome, failedAt, error, output } = result;
  const reasons = [
    ...(error === undefined ? [] : [error.message]),
    ...(failedAt === undefined ? [] : [`line ${failedAt.line} is not true: ${failedAt.text}`]),
    ...(result.cases ?? []).filter((one) => one.outcome === "fail").map((one) => `case ${one.name} failed`),
    ...(outcome === "skip" ? ["its name starts with todo_"] : []),
  ];
  return [{ ...base, name, outcome, reasons, ...(output === undefined || output === "" ? {} : { output }) }];
}

function coverageOf(coverage: NonNullable<TestAnswer["coverage"]>): NonNullable<TestRun["coverage"]> {
  const files = coverage.files
    .filter(({ path }) => !path.endsWith("_test.rego") && !path.startsWith(`${LIBRARY}/`))
    .map(({ path, percentage, notCovered }) => ({ path, percentage, notCovered }));
  return { percentage: coverage.percentage, files };
}

function inWords(problem: Problem): string {
  const place = placeOf(problem);
  return place === "" ? problem.message : `${place}: ${problem.message}`;
}

/** Errors as text; what one file says again and again is one entry at the first place. */
function errorsInWords(errors: readonly RegoError[], regoVersion: "v0" | "v1"): readonly string[] {
  const groups = new Map<string, RegoError[]>();
  for (const error of errors) {
    const key = JSON.stringify([error.path, error.code, error.message]);
    groups.set(key, [...(groups.get(key) ?? []), error]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { path, line, column, code, message } = first;
    if (path === "") return [message];
    const more = group.length === 1 ? "" : ` (and ${group.length - 1} more like it in this file)`;
    return [`${path}:${line}:${column}: ${code}: ${message}${versionHint(first, regoVersion)}${more}`];
  });
}
