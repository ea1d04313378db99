import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentSources } from "../../config/document-sources.ts";
import { CLUSTER } from "../../config/named-policies.ts";
import { policySources } from "../../config/policy-sources.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { openDocumentParser } from "../../engine/open-document-parser.ts";
import { openJudge, type OpenJudgeOptions } from "../../engine/open-judge.ts";
import { openRenderer } from "../../engine/open-renderer.ts";
import { withDocumentJudges } from "../../engine/with-document-judges.ts";
import { check } from "../../gate/check.ts";
import { lineDiff } from "../../gate/reporting/line-diff.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Report } from "../../model/report.ts";
import { laidOut, scenarioReport } from "../../report/tests/scenario-report.ts";
import type { TestOutcome } from "../../model/test-outcome.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { configurationOfChange } from "../read-configuration.ts";
import type { Scenario } from "./scenarios.ts";

/** What scenarios are judged by: the policies under test, and their own configurations for all else. */
export interface ScenarioBench {
  readonly sources: PolicySources;
  /** Problems of the policies under test, which count in each scenario. */
  readonly problems: readonly Problem[];
  /** The directory that the paths of scenarios are relative to. */
  readonly directory: string;
  readonly opening: Pick<OpenJudgeOptions, "toolchain" | "derived">;
  /** Write what is found as what is expected. */
  readonly update: boolean;
}

/** What scenarios gave, and the files that were written. */
export interface ScenarioRun {
  readonly outcomes: readonly TestOutcome[];
  readonly written: readonly string[];
}

/** Judges each scenario as `check` judges a repository or a change, without servers, and compares the reduced report. */
export async function runScenarios(scenarios: readonly Scenario[], bench: ScenarioBench): Promise<ScenarioRun> {
  const outcomes: TestOutcome[] = [];
  const written: string[] = [];
  for (const scenario of scenarios) {
    const start = performance.now();
    const file = join(bench.directory, scenario.path, "expected.json");
    const verdict = await outcomeOf(scenario, file, bench);
    if (verdict.wrote) written.push(`${scenario.path}/expected.json`);
    const { outcome, reasons } = verdict;
    const { name, path } = scenario;
    outcomes.push({ kind: "scenario", name, path, outcome, reasons, durationMs: performance.now() - start });
  }
  return { outcomes, written };
}

type Verdict = Pick<TestOutcome, "outcome" | "reasons"> & { readonly wrote?: boolean };

async function outcomeOf(scenario: Scenario, file: string, bench: ScenarioBench): Promise<Verdict> {
  if (!scenario.parts.has("head")) return error("it has no file in head/");
  let expected: string | undefined;
  try {
    expected = existsSync(file) ? laidOut(readFileSync(file, "utf8")) : undefined;
  } catch (cause) {
    if (!bench.update) return error(`expected.json cannot be read: ${(cause as Error).message}`);
  }
  if (expected === undefined && !bench.update) return error("it has no expected.json; --update writes it");
  const got = scenarioReport(await judged(scenario, bench));
  if (got === expected) return { outcome: "pass", reasons: [] };
  if (bench.update) {
    writeFileSync(file, got);
    return { outcome: "pass", reasons: [], wrote: true };
  }
  return {
    outcome: "fail",
    reasons: ["expected (-) and got (+) differ:", ...lineDiff(expected ?? "", got)],
  };
}

function error(reason: string): Verdict {
  return { outcome: "error", reasons: [reason] };
}

async function judged(scenario: Scenario, bench: ScenarioBench): Promise<Report> {
  const treeOf = (part: "base" | "head") => directoryTree(join(bench.directory, scenario.path, part));
  const after = treeOf("head");
  const before = scenario.parts.has("base") ? treeOf("base") : undefined;
  const now = new Date().toISOString();
  // As for a change, the rules are those of the base.
  const { config, source, tree, problems } = await configurationOfChange(undefined, bench.directory, before ?? after, {
    offline: true,
  });
  const { data, environments, schemas } = config;
  const own = await policySources(
    tree,
    {
      policies: [],
      data,
      environments,
      ...(schemas.kubernetes === undefined ? {} : { kubernetes: schemas.kubernetes }),
    },
    source,
  );
  const sources: PolicySources = {
    ...bench.sources,
    // A file of its own takes the place of the one that the policies under test see at the same path.
    data: [
      ...bench.sources.data.filter(({ path }) => !own.sources.data.some((file) => file.path === path)),
      ...own.sources.data,
    ],
    ...(own.sources.parameters === undefined ? {} : { parameters: own.sources.parameters }),
    ...(own.sources.kubernetes === undefined ? {} : { kubernetes: own.sources.kubernetes }),
    ...(config.policies.includes(CLUSTER) ? { cluster: true as const } : {}),
  };
  const ofDocuments = await documentSources(tree, config, source);
  const judge = withDocumentJudges(
    await openJudge(sources, now, { ...bench.opening, rules: schemas.enabled }),
    await Promise.all(
      ofDocuments.map((reading) => openJudge(reading.sources, now, { ...bench.opening, rules: false })),
    ),
  );
  const renderer = openRenderer();
  const documentParser = openDocumentParser();
  try {
    const builtin = builtinChecks(config, source);
    return await check({
      renderer,
      documentParser,
      builtins: builtin.builtins,
      repositories: config.repositories,
      after,
      ...(before === undefined ? {} : { before }),
      config,
      ...(source === undefined ? {} : { configSource: source }),
      judge,
      now,
      judged: { after: "head", ...(before === undefined ? {} : { before: "base" }), how: "scenario" },
      problems: [
        ...bench.problems,
        ...problems,
        ...own.problems,
        ...ofDocuments.flatMap((reading) => [...reading.problems, ...reading.refused]),
        ...builtin.problems,
      ],
    });
  } finally {
    renderer.close();
    documentParser.close();
    await judge.close();
  }
}
