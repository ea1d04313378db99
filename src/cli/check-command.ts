import { resolve } from "node:path";
import { documentSources } from "../config/document-sources.ts";
import { builtinChecks } from "../engine/builtin-checks.ts";
import type { CheckRequest } from "../gate/check-request.ts";
import { check } from "../gate/check.ts";
import { unmetBranches } from "../gate/gated-branches.ts";
import type { JudgementDeadline } from "../gate/judging/work-budget.ts";
import type { Config } from "../model/config.ts";
import { matcher } from "../render/files/scope.ts";
import { compilePathGlob } from "../render/glob/path-glob.ts";
import type { Policy, PolicySources } from "../model/policy.ts";
import type { Report, Verdict } from "../model/report.ts";
import type { Print } from "../rego/ask.ts";
import { blocksBy } from "../report/format.ts";
import { deadlineOf, timeOf } from "./check-options.ts";
import { refuseConftestOptions, type ConftestOptions } from "./conftest/options.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { defaultThreads, openThreads } from "../engine/judging-threads.ts";
import { openDocumentParser } from "../engine/open-document-parser.ts";
import type { OnAsked } from "../engine/asked-questions.ts";
import { openJudge, type OpenJudgeOptions } from "../engine/open-judge.ts";
import { withDocumentJudges } from "../engine/with-document-judges.ts";
import { openRemotes } from "../engine/open-remotes.ts";
import { openRenderer } from "../engine/open-renderer.ts";
import { branchesOfClone, gatingDefaultOf, judgedBranches } from "./judged-branches.ts";
import { buildDigest } from "./build-digest.ts";
import { openDerivedFiles } from "./derived-files.ts";
import { mentionFixtures } from "./mention-fixtures.ts";
import { mentionUnused } from "./mention-unused.ts";
import { openKeptJudgements } from "./kept-judgements.ts";
import { outputsOf, type Output } from "./outputs.ts";
import { ownRepositories } from "./own-repositories.ts";
import { progressLine, type Progress } from "./progress.ts";
import { readPolicies, type PolicyOptions } from "./read-policies.ts";
import { readRemotes } from "./read-remotes.ts";
import { printReport } from "./print-report.ts";
import { changeSubject, directorySubject, type Subject } from "./subject.ts";
import { UsageError } from "./usage-error.ts";
import { waiveHint } from "./waive-hint.ts";

/** The options of `portcullis check`. */
export interface CheckOptions extends PolicyOptions, ConftestOptions {
  readonly base?: string;
  readonly head?: string;
  readonly repo?: string;
  readonly config?: string;
  readonly output?: readonly Output[];
  readonly outputFile?: string;
  readonly failOn: "deny" | "warn" | "never";
  readonly block?: "introduced" | "all";
  readonly now?: string;
  /** Seconds for the whole judgement. */
  readonly deadline?: string;
  readonly allowEmpty?: boolean;
  /** Policies get all manifests at once, as a list. */
  readonly combine?: boolean;
  readonly showAll?: boolean;
  readonly diff?: boolean;
  /** Fixes are written to the files, where policies declare them and a second judgement confirms them. */
  readonly fix?: boolean;
  /** With `fix`: nothing is written, and the difference is printed. */
  readonly dryRun?: boolean;
  /** Nothing is fetched: what was fetched before is used. */
  readonly offline?: boolean;
  /** A report: what is fetched is what it lists. */
  readonly remotes?: string;
  /** False judges everything anew. */
  readonly cache?: boolean;
  /** How many threads judge files; 1: only the main one. */
  readonly threads?: string;
  /** False turns validation against the schemas of Kubernetes off, whatever the configuration sets. */
  readonly schemas?: boolean;
}

const EXIT_CODES: { readonly [verdict in Verdict]: number } = { pass: 0, warn: 0, fail: 1, error: 2 };

/** A judgement as the command line shows it. */
export interface ShownJudgement {
  readonly report: Report;
  readonly policies: readonly Policy[];
  readonly config: Config;
  readonly subject: Subject;
}

/** Writes a judgement to stdout, and returns the exit code. */
export type ShowJudgement = (judged: ShownJudgement, options: CheckOptions) => Promise<number>;

/** What another command does with a judgement. */
export interface CheckHooks {
  /** Default: the report is written. */
  readonly show?: ShowJudgement;
  /** Told of what each policy set is asked, where one thread judges everything anew. */
  readonly onAsked?: OnAsked;
  /** Takes what policies print; default: it goes to stderr after the judgement. */
  readonly print?: Print;
  /** Replaces what is judged. */
  readonly subject?: (subject: Subject) => Subject;
}

/** Runs `portcullis check`: the report on stdout, everything else on stderr. Returns the exit code. */
export async function checkCommand(
  named: readonly string[],
  options: CheckOptions,
  { show = showReport, onAsked, print: toHook, subject: replace = (same) => same }: CheckHooks = {},
): Promise<number> {
  if (options.compat === "conftest") return (await import("./conftest/check.ts")).conftestCheck(named, options);
  const now = timeOf(options.now);
  refuseContradictions(options);
  const cwd = process.cwd();
  const deadline = deadlineOf(options.deadline);
  const progress = progressLine(process.stderr, "reading and rendering", "judged");
  try {
    return await checkSubject(named, options, { now, cwd, progress, deadline, show, onAsked, toHook, replace });
  } finally {
    progress.end();
  }
}

/** How a run is started. */
interface Run {
  readonly now: string;
  readonly cwd: string;
  readonly progress: Progress;
  readonly deadline: JudgementDeadline;
  readonly show: ShowJudgement;
  readonly onAsked: OnAsked | undefined;
  readonly toHook: Print | undefined;
  readonly replace: (subject: Subject) => Subject;
}

async function checkSubject(named: readonly string[], options: CheckOptions, run: Run): Promise<number> {
  const { cwd } = run;
  const subject =
    options.base === undefined
      ? await directorySubject(named, options, cwd)
      : await changeSubject(named, { ...options, base: options.base }, cwd);
  try {
    return await judgeSubject(run.replace(subject), options, run);
  } finally {
    await subject.close();
  }
}

async function judgeSubject(
  subject: Subject,
  options: CheckOptions,
  { now, cwd, progress, deadline, show, onAsked, toHook }: Run,
): Promise<number> {
  const { configuration } = subject;
  const say = (line: string): void => {
    progress.clear();
    process.stderr.write(`portcullis: ${line}\n`);
  };
  const policies = await readPolicies(options, configuration, cwd, say);
  mentionUnused(policies.unused, say);
  const repository = options.base === undefined ? subject.after.name : resolve(options.repo ?? cwd);
  const kept =
    options.cache === false
      ? undefined
      : openKeptJudgements(defaultCacheDirectory(), [repository, ...subject.paths], buildDigest());
  const derived = openDerivedFiles(defaultCacheDirectory(), buildDigest());
  const printed = new Set<string>();
  const sources = options.combine === true ? combined(policies.sources) : policies.sources;
  // A user who names packages wants no others.
  const named = options.namespace !== undefined;
  const opening = {
    derived,
    rules: !named && configOf(configuration.config, options).schemas.enabled,
    print:
      toHook ?? ((place, lines) => lines.forEach(({ at, text }) => printed.add(`print ${at}: ${text} (${place})\n`))),
  } satisfies OpenJudgeOptions;
  const ofDocuments = await documentSources(configuration.tree, configuration.config, configuration.source);
  const open = (of: PolicySources, rules = opening.rules) =>
    openJudge(of, now, {
      ...opening,
      rules,
      ...(onAsked && { onAsked: (questions) => onAsked(of, questions) }),
    });
  const judge = withDocumentJudges(
    await open(sources),
    await Promise.all(ofDocuments.map((one) => open(one.sources, false))),
  );
  const documentParser = openDocumentParser();
  const renderer = openRenderer({ deadlineMs: () => renderMilliseconds(deadline) });
  const config = await gatingDefaultOf(repository, configOf(configuration.config, options));
  const remotes = openRemotes(config.remotes, {
    versions: renderer.versions,
    offline: options.offline === true,
    ...(options.remotes === undefined ? {} : { pins: readRemotes(options.remotes) }),
  });
  const { builtins, problems } = named ? { builtins: [], problems: [] } : builtinChecks(config, configuration.source);
  const beside = judge.prints === true ? 0 : threadsOf(options.threads) - 1;
  const threads =
    beside === 0
      ? undefined
      : openThreads({ sources, derived: derived.known, now, ...(named ? {} : { config }) }, beside);
  try {
    const request: CheckRequest = {
      ...(threads === undefined ? {} : { threads }),
      // What is not judged again prints nothing.
      ...(kept === undefined || judge.prints === true ? {} : { cache: kept.cache }),
      renderer,
      documentParser,
      ...(remotes === undefined ? {} : { remotes }),
      builtins,
      repositories: await ownRepositories(repository),
      branches: options.base === undefined ? [] : await judgedBranches(repository, options.base, config.branches),
      after: subject.after,
      // The configuration may be in another directory than what is judged, and its waivers are beside it.
      ...(subject.before === undefined ? { trusted: configuration.tree } : { before: subject.before }),
      config,
      ...(configuration.source === undefined ? {} : { configSource: configuration.source }),
      judge,
      derived,
      now,
      judged: subject.judged,
      paths: subject.paths,
      unusedPolicies: policies.unused,
      problems: [
        ...configuration.problems,
        ...policies.problems,
        ...policies.refused,
        ...ofDocuments.flatMap(({ problems: found, refused }) => [...found, ...refused]),
        ...problems,
        ...(await branchProblems(subject, repository, options, say)),
      ],
      failOn: options.failOn,
      allowEmpty: options.allowEmpty === true,
      ...(options.diff === true && options.fix !== true
        ? { diff: (await import("../gate/reporting/manifest-diff.ts")).manifestDiff }
        : {}),
      deadline,
      onProgress: progress,
    };
    const found = await check(request);
    const fixedTree =
      options.fix === true
        ? await (
            await import("./write-fixes.ts")
          ).writeFixes(request, found, subject, { dryRun: isDryRun(options), say })
        : undefined;
    const report = fixedTree === undefined ? found : await check({ ...request, after: fixedTree });
    progress.end();
    for (const line of printed) process.stderr.write(line);
    for (const reason of threads?.failures() ?? [])
      say(`a judging thread ended, and its files were judged in this one: ${reason}`);
    mentionFixtures(report, say);
    mentionLeftOut(subject, say);
    if (subject.paths.length === 0) await mentionIdlePatterns(subject, say);
    const shown = {
      report,
      policies: judge.policies,
      config,
      subject: fixedTree === undefined ? subject : { ...subject, after: fixedTree },
    };
    // The difference is what a dry run prints.
    const code = isDryRun(options) ? EXIT_CODES[report.verdict] : await show(shown, options);
    await Promise.all([kept?.save(), derived.save()]);
    return code;
  } finally {
    renderer.close();
    documentParser.close();
    await Promise.all([judge.close(), threads?.close()]);
  }
}

/** The policies, each of which gets all manifests at once. */
function combined(sources: PolicySources): PolicySources {
  return { ...sources, files: sources.files.map((file) => ({ ...file, combine: true as const })) };
}

/** What `branches:` says and the repository does not have. In the configuration of a base it is no fault of the change. */
async function branchProblems(
  { configuration: { config, source } }: Subject,
  directory: string,
  { base, config: named }: CheckOptions,
  say: (line: string) => void,
): Promise<NonNullable<CheckRequest["problems"]>> {
  if (config.branches.length === 0) return [];
  const known = await branchesOfClone(directory);
  if (known === undefined)
    say("the entries of branches: are not compared with the branches of the repository, which are not all known here");
  const status = base === undefined || named !== undefined ? "introduced" : "existing";
  return unmetBranches(config.branches, source, known).map((problem) => ({ ...problem, status }));
}

/** The configuration with the overrides of the command line. */
function configOf(config: Config, { block, schemas }: CheckOptions): Config {
  return {
    ...config,
    ...(block === undefined ? {} : { block }),
    ...(schemas === false ? { schemas: { ...config.schemas, enabled: false } } : {}),
  };
}

/** Names what the directory holds and no commit would. */
function mentionLeftOut({ leftOut = new Set(), shown }: Subject, say: (line: string) => void): void {
  if (leftOut.size === 0) return;
  const paths = [...leftOut].map(shown).toSorted();
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
  say(`left out, since no commit holds it: ${paths.slice(0, 3).join(", ")}${more}`);
}

/** Names patterns of `exclude` that exclude nothing. They do no harm, and the files that they are for may come later. */
async function mentionIdlePatterns(
  { after, before, configuration }: Subject,
  say: (line: string) => void,
): Promise<void> {
  const { exclude } = configuration.config.manifests;
  if (exclude.length === 0) return;
  const entries = [...(await after.list()), ...((await before?.list()) ?? [])];
  for (const pattern of exclude.filter((one) => compilePathGlob(one) !== undefined)) {
    const matches = matcher([pattern]);
    if (!entries.some(({ path }) => matches(path)))
      say(`the pattern "${pattern}" of manifests.exclude matches no file`);
  }
}

/** Writes the report in the formats that were asked for. */
export async function showReport({ report, config, subject }: ShownJudgement, options: CheckOptions): Promise<number> {
  const { after: tree, shown } = subject;
  const waive = waiveHint(options);
  await printReport(
    report,
    { tree, shown },
    { ...options, waive },
    blocksBy({ failOn: options.failOn, block: config.block }),
  );
  return EXIT_CODES[report.verdict];
}

function refuseContradictions(options: CheckOptions): void {
  refuseConftestOptions(options);
  outputsOf(options.output, options.outputFile);
  if (options.base === undefined && options.head !== undefined) throw new UsageError("--head needs --base");
  if (options.base === undefined && options.repo !== undefined) throw new UsageError("--repo needs --base");
  if (options.base !== undefined && options.fix === true)
    throw new UsageError("--fix edits files as they are on disk, so that it cannot be used with --base");
  if (options.dryRun === true && options.fix !== true) throw new UsageError("--dry-run needs --fix");
  if (options.base === undefined && options.diff === true && options.fix !== true)
    throw new UsageError("--diff needs --base or --fix");
  if (options.namespace !== undefined && options.allNamespaces === true)
    throw new UsageError("--namespace and --all-namespaces cannot be used together");
}

/** Whether fixes are only shown. */
function isDryRun({ fix, dryRun, diff }: CheckOptions): boolean {
  return fix === true && (dryRun === true || diff === true);
}

/** How many threads judge files, the main one included. */
function threadsOf(given: string | undefined): number {
  if (given === undefined) return defaultThreads() + 1;
  const count = Number(given);
  if (!/^\d+$/.test(given) || count < 1 || count > 64)
    throw new UsageError(`--threads ${given}: expected a number from 1 to 64`);
  return count;
}

/** A single render takes no longer than what is left of the judgement, and a minute at most. */
function renderMilliseconds({ seconds, elapsed }: JudgementDeadline): number {
  return Math.min(60_000, Math.max(1, Math.ceil((seconds - elapsed()) * 1000)));
}
