import { resolve } from "node:path";
import { builtinChecks } from "../engine/builtin-checks.ts";
import { check } from "../gate/check.ts";
import type { JudgementDeadline } from "../gate/judging/work-budget.ts";
import type { Config } from "../model/config.ts";
import { matcher } from "../render/files/scope.ts";
import { compilePathGlob } from "../render/glob/path-glob.ts";
import type { Report, Verdict } from "../model/report.ts";
import { blocksBy, type FormatOptions } from "../report/format.ts";
import { formats } from "../report/formats.ts";
import { coloured } from "./coloured.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { defaultThreads, openThreads } from "../engine/judging-threads.ts";
import { openJudge } from "../engine/open-judge.ts";
import { openRemotes } from "../engine/open-remotes.ts";
import { openRenderer } from "../engine/open-renderer.ts";
import { judgedBranches } from "./judged-branches.ts";
import { buildDigest } from "./build-digest.ts";
import { openDerivedFiles } from "./derived-files.ts";
import { openKeptJudgements } from "./kept-judgements.ts";
import { outputsOf, writeOutputs, type Output } from "./outputs.ts";
import { ownRepositories } from "./own-repositories.ts";
import { progressLine, type Progress } from "./progress.ts";
import { lineReader } from "./read-lines.ts";
import { readPolicies, type PolicyOptions } from "./read-policies.ts";
import { readRemotes } from "./read-remotes.ts";
import { shownReport } from "./shown-paths.ts";
import { changeSubject, directorySubject, type Subject } from "./subject.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis check`. */
export interface CheckOptions extends PolicyOptions {
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
  readonly showAll?: boolean;
  readonly diff?: boolean;
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

/** Runs `portcullis check`: the report on stdout, everything else on stderr. Returns the exit code. */
export async function checkCommand(named: readonly string[], options: CheckOptions): Promise<number> {
  const now = timeOf(options.now);
  refuseContradictions(options);
  const cwd = process.cwd();
  const deadline = deadlineOf(options.deadline);
  const progress = progressLine(process.stderr, "reading and rendering", "judged");
  try {
    return await checkSubject(named, options, { now, cwd, progress, deadline });
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
}

async function checkSubject(named: readonly string[], options: CheckOptions, run: Run): Promise<number> {
  const { cwd } = run;
  const subject =
    options.base === undefined
      ? await directorySubject(named, options, cwd)
      : await changeSubject(named, { ...options, base: options.base }, cwd);
  try {
    return await judgeSubject(subject, options, run);
  } finally {
    await subject.close();
  }
}

async function judgeSubject(
  subject: Subject,
  options: CheckOptions,
  { now, cwd, progress, deadline }: Run,
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
  const judge = await openJudge(policies.sources, now, {
    derived,
    print: (place, lines) => {
      for (const { at, text } of lines) printed.add(`print ${at}: ${text} (${place})\n`);
    },
  });
  const renderer = openRenderer({ deadlineMs: () => renderMilliseconds(deadline) });
  const config = configOf(configuration.config, options);
  const remotes = openRemotes(config.remotes, {
    versions: renderer.versions,
    offline: options.offline === true,
    ...(options.remotes === undefined ? {} : { pins: readRemotes(options.remotes) }),
  });
  // A user who names packages wants no others.
  const named = options.namespace !== undefined;
  const { builtins, problems } = named ? { builtins: [], problems: [] } : builtinChecks(config, configuration.source);
  const beside = judge.prints === true ? 0 : threadsOf(options.threads) - 1;
  const threads =
    beside === 0
      ? undefined
      : openThreads({ sources: policies.sources, derived: derived.known, now, ...(named ? {} : { config }) }, beside);
  try {
    const report = await check({
      ...(threads === undefined ? {} : { threads }),
      // What is not judged again prints nothing.
      ...(kept === undefined || judge.prints === true ? {} : { cache: kept.cache }),
      renderer,
      ...(remotes === undefined ? {} : { remotes }),
      builtins,
      repositories: await ownRepositories(repository),
      branches: options.base === undefined ? [] : await judgedBranches(repository, options.base, config.branches),
      after: subject.after,
      ...(subject.before === undefined ? {} : { before: subject.before }),
      config,
      ...(configuration.source === undefined ? {} : { configSource: configuration.source }),
      judge,
      derived,
      now,
      judged: subject.judged,
      paths: subject.paths,
      unusedPolicies: policies.unused,
      problems: [...configuration.problems, ...policies.problems, ...policies.refused, ...problems],
      failOn: options.failOn,
      allowEmpty: options.allowEmpty === true,
      ...(options.diff === true ? { diff: (await import("../gate/reporting/manifest-diff.ts")).manifestDiff } : {}),
      deadline,
      onProgress: progress,
    });
    progress.end();
    for (const line of printed) process.stderr.write(line);
    for (const reason of threads?.failures() ?? [])
      say(`a judging thread ended, and its files were judged in this one: ${reason}`);
    mentionFixtures(report, say);
    mentionLeftOut(subject, say);
    if (subject.paths.length === 0) await mentionIdlePatterns(subject, say);
    await print(report, subject, options, blocksBy({ failOn: options.failOn, block: config.block }));
    await Promise.all([kept?.save(), derived.save()]);
    return EXIT_CODES[report.verdict];
  } finally {
    renderer.close();
    await Promise.all([judge.close(), threads?.close()]);
  }
}

/** The configuration with the overrides of the command line. */
function configOf(config: Config, { block, schemas }: CheckOptions): Config {
  return {
    ...config,
    ...(block === undefined ? {} : { block }),
    ...(schemas === false ? { schemas: { ...config.schemas, enabled: false } } : {}),
  };
}

/** Names files below policy paths that are not policies: a person may expect them to do something. */
function mentionUnused(paths: readonly string[], say: (line: string) => void): void {
  if (paths.length === 0) return;
  const named = paths.slice(0, 5).join(", ");
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  say(`not used, since only Rego below a path of policies is a policy: ${named}${more}`);
}

/**
 * Hints at `exclude` for findings in rejected fixtures: they are meant to fail, but only the configuration of the
 * repository may say so.
 */
function mentionFixtures({ findings }: Report, say: (line: string) => void): void {
  const bad = findings.filter(({ location }) => /(^|\/)fixtures\/rejected-/.test(location.path)).length;
  if (bad === 0) return;
  const counted = bad === 1 ? "1 finding is" : `${bad} findings are`;
  say(
    `${counted} in policy fixtures: to leave fixtures out, set manifests.exclude: ["**/fixtures/**"] in portcullis.yaml`,
  );
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

async function print(
  report: Report,
  subject: Subject,
  options: CheckOptions,
  blocks: FormatOptions["blocks"],
): Promise<void> {
  const shown = shownReport(report, subject.shown);
  const outputs = outputsOf(options.output, options.outputFile);
  const quoted = outputs.some(({ format }) => format === "pretty")
    ? report.findings.filter(({ status }) => status !== "fixed")
    : [];
  const readLine = await lineReader(
    subject.after,
    quoted.map(({ location }) => location.path),
    subject.shown,
  );
  await writeOutputs(outputs, async (name, toTerminal) => {
    const format = await formats[name]();
    const colour = toTerminal && coloured(process.stdout);
    return format(shown, { readLine, colour, showAll: options.showAll === true, blocks });
  });
}

function refuseContradictions(options: CheckOptions): void {
  outputsOf(options.output, options.outputFile);
  if (options.base === undefined && options.head !== undefined) throw new UsageError("--head needs --base");
  if (options.base === undefined && options.repo !== undefined) throw new UsageError("--repo needs --base");
  if (options.base === undefined && options.diff === true) throw new UsageError("--diff needs --base");
  if (options.namespace !== undefined && options.allNamespaces === true)
    throw new UsageError("--namespace and --all-namespaces cannot be used together");
}

/** How long the judgement may take, counted from now. */
function deadlineOf(given = "300"): JudgementDeadline {
  const seconds = Number(given);
  if (!/^\d+(\.\d+)?$/.test(given) || seconds === 0)
    throw new UsageError(`--deadline ${given}: expected a number of seconds, such as 300`);
  const start = performance.now();
  return { seconds, elapsed: () => (performance.now() - start) / 1000 };
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

/** The time of the job in RFC 3339: the given one, else that of the clock. */
function timeOf(given: string | undefined): string {
  if (given === undefined) return new Date().toISOString();
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(given)
    ? new Date(given)
    : undefined;
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new UsageError(`--now ${given}: expected a time like 2027-01-31T12:00:00Z`);
  return time.toISOString();
}
