import { defaultConfig } from "../config/default-config.ts";
import type { DocumentParser } from "../model/document-parser.ts";
import type { BuiltinCheck } from "../model/builtin-check.ts";
import type { Config } from "../model/config.ts";
import { blockingLintRules } from "../model/lint.ts";
import type { PolicyFile, PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { testWithConfigs } from "../rego/dialects/test-with-configs.ts";
import { FIXTURE_TESTS, fixtureTests, type FixtureInput } from "../rego/fixture-tests.ts";
import { neededFiles } from "../rego/explain/needed-files.ts";
import { mergeData } from "../rego/merge-data.ts";
import { readModule } from "../rego/reading/module.ts";
import type { TestAnswer } from "../rego/toolchain/protocol.ts";
import type { Toolchain } from "../rego/toolchain/toolchain.ts";
import type { Fixture } from "./authoring/fixtures.ts";
import { runFixtures } from "./authoring/fixtures.ts";
import { lintSet } from "./authoring/lint-set.ts";
import { openJudge } from "./open-judge.ts";
import { ownConfigFiles } from "./policies/config-functions.ts";

/** Policies with the tests beside them. */
export interface TestedPolicies {
  readonly sources: PolicySources;
  readonly tests: readonly PolicyFile[];
  /** What a repository itself holds; absent: nothing is linted, and there are no fixtures. */
  readonly authored?: AuthoredPolicies;
}

/** The policies of a repository that are not from elsewhere. */
export interface AuthoredPolicies {
  readonly tree: Tree;
  /** The paths of its policies and tests. */
  readonly own: ReadonlySet<string>;
  readonly fixtures: readonly Fixture[];
}

/** What policies must reach, as the rules in force say, and the checks that know which fields there are. */
export interface Requirements {
  readonly config: Pick<Config, "lint" | "tests">;
  readonly builtins: readonly BuiltinCheck[];
}

/** Something that a policy set does not reach. */
export interface Unreached extends Problem {
  /** The percentage that was measured, where a number is required. */
  readonly measured?: number;
}

/** What policies are examined with. */
export interface ExamineMeans {
  readonly toolchain: Toolchain;
  readonly parser: DocumentParser;
}

const nothingRequired: Requirements = { config: defaultConfig, builtins: [] };

/** What blocks a change of policies: tests and fixtures that fail, coverage that is not reached, and issues of the linter. */
export async function examinePolicies(
  means: ExamineMeans,
  set: TestedPolicies,
  required: Requirements = nothingRequired,
): Promise<readonly Unreached[]> {
  const { tests: wanted = {} } = required.config;
  const inputs: FixtureInput[] = [];
  const fixtures = await failedFixtures(means.toolchain, set, (input) => inputs.push(input));
  const measures = wanted.coverage !== undefined || wanted.coveragePerPolicy !== undefined;
  return [
    ...fixtures,
    ...(await failedTests(means, set, measures ? { inputs, wanted } : undefined)),
    ...(await lintProblems(means.toolchain, set, required)),
  ];
}

interface Measured {
  readonly inputs: readonly FixtureInput[];
  readonly wanted: NonNullable<Config["tests"]>;
}

async function failedTests(
  { toolchain, parser }: ExamineMeans,
  { sources, tests, authored }: TestedPolicies,
  measured: Measured | undefined,
): Promise<readonly Unreached[]> {
  if (tests.length === 0 && measured === undefined) return [];
  const { data } = mergeData(sources.data);
  const modules = [...sources.files, ...tests].map(({ path, text, regoVersion = sources.regoVersion }) => ({
    path,
    text,
    regoVersion,
  }));
  const ofFixtures = measured === undefined ? [] : [fixtureTests(measured.inputs, sources.files)];
  const request = {
    modules: [...modules, ...ofFixtures],
    data,
    ...(measured === undefined ? {} : { coverage: true }),
  };
  const outcome = await testWithConfigs(toolchain, request, ownConfigFiles(sources, parser));
  if (outcome.kind === "failed")
    return [{ stage: "evaluate", message: `the policy tests did not run: ${outcome.message}` }];
  const { results, errors, coverage } = outcome.answer;
  return [
    ...errors.map(({ path, line, message }): Problem => ({ stage: "compile", path, line, message })),
    ...results
      .filter(({ path, outcome: of }) => path !== FIXTURE_TESTS.path && (of === "fail" || of === "error"))
      .map((result): Problem => ({
        stage: "evaluate",
        path: result.path,
        line: result.failedAt?.line ?? result.line,
        message: `the policy test ${result.package}.${result.name} failed${result.error === undefined ? "" : `: ${result.error.message}`}`,
      })),
    ...(measured === undefined ? [] : uncovered(coverage, measured.wanted, authored?.own)),
  ];
}

/** What of the required coverage of the repository's own policies is not reached. */
function uncovered(
  coverage: TestAnswer["coverage"],
  { coverage: ofAll = 0, coveragePerPolicy: ofEach = 0 }: NonNullable<Config["tests"]>,
  own: ReadonlySet<string> | undefined,
): readonly Unreached[] {
  const files = (coverage?.files ?? []).filter(
    ({ path }) => own?.has(path) === true && !path.endsWith("_test.rego") && path !== FIXTURE_TESTS.path,
  );
  const all = files.flatMap(({ lines }) => lines);
  const reached = all.filter(({ hits }) => hits > 0).length;
  const percentage = all.length === 0 ? 100 : (100 * reached) / all.length;
  return [
    ...(percentage < ofAll
      ? [below("the tests reach", percentage, `of the lines of all policies; tests.coverage requires ${ofAll} %`)]
      : []),
    ...files
      .filter((file) => file.percentage < ofEach)
      .map((file) => ({
        ...below("the tests reach", file.percentage, `of its lines; tests.coveragePerPolicy requires ${ofEach} %`),
        path: file.path,
      })),
  ];
}

function below(what: string, measured: number, required: string): Unreached {
  return { stage: "evaluate", message: `${what} ${Math.floor(measured * 10) / 10} % ${required}`, measured };
}

/** A set with what the repository's own policies need, and no more: a library is not compiled once again for them. */
function ownSources(sources: PolicySources, own: ReadonlySet<string>): PolicySources {
  const filesFor = neededFiles(sources.files);
  const packages = sources.files.filter(({ path }) => own.has(path)).map((file) => readModule(file).package);
  const needed = new Set([...new Set(packages)].flatMap((name) => [...filesFor(name)]));
  return { ...sources, files: sources.files.filter((file) => needed.has(file)), namespaces: "*" };
}

/** The fixtures that do not give what they must. */
async function failedFixtures(
  toolchain: Toolchain,
  { sources, authored }: TestedPolicies,
  onInput: (input: FixtureInput) => void,
): Promise<readonly Problem[]> {
  if (authored === undefined || authored.fixtures.length === 0) return [];
  const now = new Date().toISOString();
  // As for `portcullis test`, every package runs.
  const judge = await openJudge(ownSources(sources, authored.own), now, { toolchain });
  try {
    const { tree, fixtures } = authored;
    const outcomes = await runFixtures(fixtures, { tree, files: sources.files, judge, now, onInput });
    return outcomes
      .filter(({ outcome }) => outcome === "fail" || outcome === "error")
      .map(({ path, name, reasons }) => ({
        stage: "evaluate",
        path,
        message: `the fixture ${name} failed: ${reasons.join("; ")}`,
      }));
  } finally {
    await judge.close();
  }
}

/** Issues of the rules that block, in the repository's own policies. */
async function lintProblems(
  toolchain: Toolchain,
  { sources, tests, authored }: TestedPolicies,
  { config, builtins }: Requirements,
): Promise<readonly Problem[]> {
  const { off = [], block = blockingLintRules } = config.lint ?? {};
  const blocking = new Set<string>(block.filter((rule) => !off.includes(rule)));
  if (authored === undefined || authored.own.size === 0 || blocking.size === 0) return [];
  const { data } = mergeData(sources.data);
  // What only judging fixtures tells is asked for only where it blocks.
  const fixtures = blocking.has("rejected-fixture") ? authored.fixtures : [];
  const { linted, issues } = await lintSet(
    { ...authored, sources: ownSources(sources, authored.own), tests, data, builtins, fixtures },
    toolchain,
  );
  return [
    ...linted.problems,
    ...issues
      .filter(({ rule }) => blocking.has(rule))
      .map(({ path, line, rule, message }): Problem => ({
        stage: "compile",
        path,
        line,
        message: `portcullis lint: ${rule}: ${message}`,
      })),
  ];
}
