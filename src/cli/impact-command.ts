import { resolve } from "node:path";
import { builtinChecks } from "../engine/builtin-checks.ts";
import { openJudge } from "../engine/open-judge.ts";
import { openRemotes } from "../engine/open-remotes.ts";
import { openRenderer } from "../engine/open-renderer.ts";
import { check } from "../gate/check.ts";
import { codeOwners } from "../gate/code-owners.ts";
import { impactOf } from "../gate/impact.ts";
import type { CheckCache } from "../gate/judged-source.ts";
import { memoryCache } from "../gate/memory-cache.ts";
import type { Impact } from "../model/impact.ts";
import type { Report } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import { markdownImpact } from "../report/impact/markdown-impact.ts";
import { prettyImpact } from "../report/impact/pretty-impact.ts";
import { openRepository, type GitRepository } from "../tree/git-repository.ts";
import { coloured } from "./coloured.ts";
import { tell } from "./desired-subject.ts";
import { ownRepositories } from "./own-repositories.ts";
import { progressLine, type Progress } from "./progress.ts";
import { configurationOfChange, type ConfigurationReading } from "./read-configuration.ts";
import { readPolicies } from "./read-policies.ts";
import { directorySubject } from "./subject.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis impact`. */
export interface ImpactOptions {
  readonly base: string;
  readonly head?: string;
  readonly output: "pretty" | "json" | "markdown";
  readonly failOn: "denied" | "allowed" | "any" | "never";
  readonly showAll?: boolean;
  readonly offline?: boolean;
}

/** The rules of one tree. */
interface Rules {
  readonly configuration: ConfigurationReading;
  readonly name: "old" | "new";
  /** The tree whose waivers count. */
  readonly trusted: Tree;
}

/**
 * Runs `portcullis impact`: the desired state judged by the rules of a base and by those of the head, and the difference on
 * stdout. Returns the exit code: 0, 1 if `--fail-on` asks for it, 2 if the rules or the desired state could not be judged.
 */
export async function impactCommand(options: ImpactOptions): Promise<number> {
  const cwd = process.cwd();
  const repository = await openHere(cwd);
  const progress = progressLine(process.stderr, "reading and rendering", "judged");
  try {
    const base = repository.tree(await commit(repository, options.base), options.base);
    const head = await headOf(repository, options, cwd);
    const reports: Report[] = [];
    const configuration = await configurationOfChange(undefined, cwd, base, options);
    const old: Rules = { name: "old", configuration, trusted: base };
    const now = new Date().toISOString();
    const cache = memoryCache(CACHE_BYTES);
    for (const rules of [old, { name: "new", configuration: head.configuration, trusted: head.tree } as const]) {
      const report = await judgeBy(rules, head.tree, { options, cwd, progress, cache, now });
      if (report === undefined) return 2;
      reports.push(report);
    }
    const [before, after] = reports;
    if (before === undefined || after === undefined) throw new Error("the rules were not compared");
    const impact = impactOf(before, after, await codeOwners(head.tree));
    progress.end();
    process.stdout.write(textOf(impact, options));
    return fails(impact, options.failOn) ? 1 : 0;
  } finally {
    progress.end();
    await repository.close();
  }
}

async function openHere(cwd: string): Promise<GitRepository> {
  try {
    return await openRepository(cwd);
  } catch (error) {
    throw new UsageError(`the base is read from Git: ${(error as Error).message}`);
  }
}

async function commit(repository: GitRepository, revision: string): Promise<string> {
  const found = await repository.resolve(revision);
  if (found.kind === "problem") throw new UsageError(found.problem.message);
  return found.id;
}

/** The tree with the new rules: a commit, or the files as they are on disk. */
async function headOf(
  repository: GitRepository,
  options: ImpactOptions,
  cwd: string,
): Promise<Pick<Rules, "configuration"> & { readonly tree: Awaited<ReturnType<typeof directorySubject>>["after"] }> {
  const { head } = options;
  if (head !== undefined) {
    const tree = repository.tree(await commit(repository, head), head);
    return { tree, configuration: await configurationOfChange(undefined, cwd, tree, options) };
  }
  if (resolve(repository.root) !== resolve(cwd))
    throw new UsageError(`run portcullis impact in ${repository.root}, or give --head`);
  const subject = await directorySubject([], options, cwd);
  return { tree: subject.after, configuration: subject.configuration };
}

/** How the tree is judged. What both sets of rules render alike is rendered once. */
interface Means {
  readonly options: ImpactOptions;
  readonly cwd: string;
  readonly progress: Progress;
  readonly cache: CheckCache;
  readonly now: string;
}

const CACHE_BYTES = 256 * 1024 * 1024;

/** What one set of rules finds in the whole tree; undefined where that could not be judged, with the reasons on stderr. */
async function judgeBy(
  { name, configuration, trusted }: Rules,
  tree: Tree,
  { options, cwd, progress, cache, now }: Means,
): Promise<Report | undefined> {
  const say = (line: string): void => {
    progress.clear();
    process.stderr.write(`portcullis: ${name} rules: ${line}\n`);
  };
  const { config, source } = configuration;
  const policies = await readPolicies({ regoVersion: "v1" }, configuration, cwd, say);
  const judge = await openJudge(policies.sources, now);
  const renderer = openRenderer();
  try {
    const { builtins, problems } = builtinChecks(config, source);
    const own = [...configuration.problems, ...policies.problems, ...policies.refused, ...problems, ...judge.problems];
    if (own.length > 0) {
      progress.clear();
      say("cannot be used");
      tell(own);
      return undefined;
    }
    const remotes = openRemotes(config.remotes, { versions: renderer.versions, offline: options.offline === true });
    const report = await check({
      renderer,
      ...(remotes === undefined ? {} : { remotes }),
      cache,
      builtins,
      repositories: [...config.repositories, ...(await ownRepositories(cwd))],
      after: tree,
      trusted,
      config: { ...config, block: "all", mode: "enforce" },
      ...(source === undefined ? {} : { configSource: source }),
      judge,
      now,
      judged: { after: tree.name, how: "whole tree" },
      allowEmpty: true,
      onProgress: progress,
    });
    progress.clear();
    const unjudged = report.problems.length;
    if (unjudged > 0) {
      say(
        `${unjudged === 1 ? "1 problem: what it is about is" : `${unjudged} problems: what they are about is`} in no figure`,
      );
      if (name === "new") tell(report.problems);
    }
    return report;
  } finally {
    renderer.close();
    await judge.close();
  }
}

function textOf(impact: Impact, { output, showAll }: ImpactOptions): string {
  switch (output) {
    case "json":
      return `${JSON.stringify(impact, undefined, 2)}\n`;
    case "markdown":
      return markdownImpact(impact);
    case "pretty": {
      const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
      return prettyImpact(impact, {
        colour: coloured(process.stdout),
        showAll: showAll === true,
        ...(columns === undefined ? {} : { columns }),
      });
    }
    default:
      return output satisfies never;
  }
}

function fails({ entries }: Impact, failOn: ImpactOptions["failOn"]): boolean {
  const has = (kind: Impact["entries"][number]["kind"]): boolean => entries.some((entry) => entry.kind === kind);
  switch (failOn) {
    case "denied":
      return has("blocked");
    case "allowed":
      return has("allowed");
    case "any":
      return entries.length > 0;
    case "never":
      return false;
    default:
      return failOn satisfies never;
  }
}
