import { join, resolve } from "node:path";
import { isOfScenario } from "../../config/scenario-files.ts";
import type { PolicyReading } from "../../config/policy-sources.ts";
import { policySources } from "../../config/policy-sources.ts";
import { openDocumentParser } from "../../engine/open-document-parser.ts";
import type { Derived } from "../../model/derived.ts";
import type { Problem } from "../../model/problem.ts";
import { FIXTURE_TESTS, type FixtureInput, fixtureTests } from "../../rego/fixture-tests.ts";
import { mergeData } from "../../rego/merge-data.ts";
import { defaultLimits } from "../../rego/create-judge.ts";
import { createBuiltinRelay } from "../../rego/toolchain/builtin-relay.ts";
import { createToolchain } from "../../rego/toolchain/toolchain.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import type { Coverage, TestRun } from "../../report/tests/test-run.ts";
import { placeOf } from "../../report/wording.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { fixturesIn, type Fixture } from "../../engine/authoring/fixtures.ts";
import { isUnder, namedPaths } from "../paths.ts";
import { configurationOnDisk } from "../read-configuration.ts";
import { readNamed } from "../read-policies.ts";
import { runSuites } from "../suites.ts";
import type { Watch } from "../watch.ts";
import { errorsInWords, refusedInWords, ruleOutcome } from "./rule-outcomes.ts";
import { besideTested, policiesUnderTest } from "./tested-policies.ts";
import { runScenarios } from "./run-scenarios.ts";
import { scenariosIn, type Scenario } from "./scenarios.ts";
import { configReader } from "./config-reader.ts";
import { createWarmFixtures } from "./warm-fixtures.ts";
import { createWarmRules } from "./warm-rules.ts";

/** Which policy tests to run, and how. */
export interface TestRequest {
  readonly named: readonly string[];
  readonly policy?: readonly string[];
  readonly data?: readonly string[];
  readonly regoVersion: "v0" | "v1";
  readonly config?: string;
  readonly run?: RegExp;
  readonly coverage: boolean;
  /** Whether the session will run again: its toolchain then stays, and optimises itself. */
  readonly again: boolean;
  /** Whether what scenarios give is written as what they expect. */
  readonly update: boolean;
}

/**
 * Runs the named policy tests, or those of the policies in the configuration, again and again with one toolchain: what a
 * change does not concern is not run again. `watch` is told of everything that the tests come from before it is read.
 */
export interface TestSession {
  run(watch?: Watch): Promise<TestRun>;
  /** The text of a policy as the last run read it, by the path that the run shows. */
  textOf(path: string): string | undefined;
  close(): void;
}

/** What was read for a run: two runs that differ in nothing but some modules or fixtures share the rest. */
interface Read {
  readonly reading: PolicyReading;
  readonly problems: readonly Problem[];
  readonly fixtures: readonly Fixture[];
  readonly scenarios: readonly Scenario[];
  readonly tree: ReturnType<typeof directoryTree>;
  readonly directory: string;
  /** The paths whose tests run. */
  readonly under: readonly string[];
  readonly shown: (path: string) => string;
}

/** Opens a session. */
export function createTestSession(request: TestRequest): TestSession {
  const toolchain = createToolchain(request.again ? { idleMs: 2 ** 31 - 1, optimise: true } : {});
  const rules = createWarmRules(toolchain);
  const parser = openDocumentParser();
  const derived = derivedInMemory();
  // The process that answers builtins takes longer to start than most runs after a change.
  const relay = createBuiltinRelay({ deadlineMs: defaultLimits.deadlineMs });
  const fixtures = createWarmFixtures(toolchain, derived, relay);
  let last: { readonly texts: ReadonlyMap<string, string>; readonly rest: string } | undefined;
  let texts: ReadonlyMap<string, string> = new Map();

  async function run(watch: Watch = () => {}): Promise<TestRun> {
    const read = await readAll(request, watch);
    const { reading, shown } = read;
    const { sources } = reading;
    const { data, problems: dataProblems } = mergeData(sources.data);
    const now = new Map([...sources.files, ...reading.tests].map(({ path, text }) => [path, text]));
    texts = new Map([...now].map(([path, text]) => [shown(path), text]));
    const rest = JSON.stringify([data, read.problems, sources.parameters ?? null]);
    const changed = request.coverage ? undefined : changedOf(last, { texts: now, rest });
    last = undefined;

    const stale = await fixtures.find(read, changed);
    const concerned = changed === undefined ? undefined : [...new Set([...changed, ...stale.modules])];
    const module = ({ path, text }: { readonly path: string; readonly text: string }) =>
      ({ path, text, regoVersion: request.regoVersion }) as const;
    const modules = [...sources.files, ...reading.tests].map(module);
    const configs = { parser, read: configReader(read.directory, process.cwd()) };
    const asked = {
      data,
      coverage: request.coverage,
      configs,
      ...(request.run === undefined ? {} : { run: request.run }),
    };

    const inputs: FixtureInput[] = [];
    const onInput = (input: FixtureInput) => inputs.push(input);
    // Coverage counts what fixtures reach, so that they are judged first.
    const first = request.coverage ? await fixtures.run(read, request.run, undefined, onInput) : undefined;
    const ofFixtures = request.coverage && inputs.length > 0 ? [fixtureTests(inputs, sources.files)] : [];
    const nothing = reading.tests.length + ofFixtures.length === 0 && concerned === undefined;
    const ruled = nothing
      ? { results: [], errors: [], refused: [] }
      : await rules.run({ ...asked, modules: [...modules, ...ofFixtures] }, concerned);
    const judged = first ?? (await fixtures.run(read, request.run, concerned === undefined ? undefined : ruled));
    const suites = await runSuites(read, request.run);
    // What policies find that cannot be read as they are is not what to expect.
    const update = request.update && read.problems.length + ruled.errors.length + judged.problems.length === 0;
    const bench = { sources, problems: reading.problems, directory: read.directory, opening: { toolchain, derived } };
    const chosen = read.scenarios.filter(({ name }) => request.run?.test(name) ?? true);
    const { outcomes: ofScenarios, written } = await runScenarios(chosen, { ...bench, update });
    last = { texts: now, rest };

    const outcomes = [
      ...ruled.results.filter(({ path }) => path !== FIXTURE_TESTS.path).map(ruleOutcome),
      ...judged.outcomes,
      ...suites.outcomes,
      ...ofScenarios,
    ];
    const problems = [
      ...[...read.problems, ...dataProblems].map(inWords),
      ...errorsInWords(ruled.errors, request.regoVersion),
      ...judged.problems.map(inWords),
      ...suites.problems.map(inWords),
    ];
    const notes = [
      ...refusedInWords(ruled.refused),
      ...written.map((path) => `${shown(path)}: written`),
      ...(outcomes.length + problems.length > 0 ? [] : [whereItLooked(read, request.run)]),
    ];
    return {
      outcomes: outcomes.map((one): TestOutcome => ({ ...one, path: shown(one.path) })),
      problems: [...new Set(problems)],
      ...(notes.length === 0 ? {} : { notes }),
      ...(request.coverage ? { coverage: coverageOf(ruled.coverage, shown) } : {}),
    };
  }

  const close = (): void => {
    toolchain.close();
    parser.close();
    void relay.close();
  };
  return { run, textOf: (path) => texts.get(path), close };
}

async function readAll(request: TestRequest, watch: Watch): Promise<Read> {
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
  const reading = await policySources(tree, { policies: paths, data: [], suites: true, ...scope });
  const configured = await besideTested(inForce, scope);
  const extra = await readNamed([], request.data ?? [], scope, cwd);
  const problems = [...inForce.problems, ...reading.problems, ...configured.problems, ...extra.problems];
  const files = [...reading.sources.files, ...configured.sources.files];
  const data = [...configured.sources.data, ...extra.sources.data];
  const under = paths.slice(0, named.length);
  const entries = (await tree.list()).filter(({ kind, path }) => kind === "file" && isUnder(path, under));
  const found = entries.map(({ path }) => path);
  return {
    reading: { ...reading, sources: { ...reading.sources, files, data } },
    problems,
    fixtures: fixturesIn(found.filter((path) => !isOfScenario(path))),
    scenarios: scenariosIn(found),
    tree,
    directory: root,
    under,
    shown,
  };
}

/** The modules that changed since the last run; undefined where everything has to run. */
function changedOf(
  last: { readonly texts: ReadonlyMap<string, string>; readonly rest: string } | undefined,
  now: { readonly texts: ReadonlyMap<string, string>; readonly rest: string },
): readonly string[] | undefined {
  if (last === undefined || last.rest !== now.rest) return undefined;
  if ([...last.texts.keys()].some((path) => !now.texts.has(path))) return undefined;
  return [...now.texts].filter(([path, text]) => last.texts.get(path) !== text).map(([path]) => path);
}

/** What judges derive from policy sets, for as long as the session lasts. */
function derivedInMemory(): Derived {
  const known = new Map<string, unknown>();
  return { get: (key) => known.get(key), set: (key, value) => void known.set(key, value) };
}

/** The coverage of the policies under test: what runs beside them, such as the library, has tests of its own. */
function coverageOf(coverage: Coverage | undefined, shown: (path: string) => string): Coverage {
  const files = (coverage?.files ?? [])
    .filter(({ path }) => !path.endsWith("_test.rego") && !path.startsWith("@portcullis/"))
    .map(({ path, percentage, notCovered, lines, rules }) => ({
      path: shown(path),
      percentage,
      notCovered,
      lines,
      rules,
    }));
  const lines = files.flatMap((file) => file.lines);
  const reached = lines.filter(({ hits }) => hits > 0).length;
  return { percentage: lines.length === 0 ? 0 : (100 * reached) / lines.length, files };
}

/** For a run without a test: what would have been one, and where. */
function whereItLooked({ under, shown }: Read, run: RegExp | undefined): string {
  const chosen = run === undefined ? "" : `, for names that match ${run.source}`;
  return `looked in ${under.map(shown).join(", ")} for test_ rules in *_test.rego, fixtures/accepted-* and fixtures/rejected-*, scenarios/NAME/ and suites${chosen}`;
}

function inWords(problem: Problem): string {
  const place = placeOf(problem);
  return place === "" ? problem.message : `${place}: ${problem.message}`;
}
