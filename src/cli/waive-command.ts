import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { narrowestMatch } from "../gate/waivers/narrowest-match.ts";
import { partOfFinding, reachesOf } from "../gate/waivers/part-of-finding.ts";
import { readWaivers } from "../gate/waivers/read-waivers.ts";
import { waiverText } from "../gate/waivers/waiver-text.ts";
import type { Config } from "../model/config.ts";
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { Waiver } from "../model/waiver.ts";
import { inert } from "../report/inert-text.ts";
import { memoryTree } from "../tree/memory-tree.ts";
import { repositoryTop } from "../tree/repository-top.ts";
import { meantFindings, placeIn } from "./authoring/meant-findings.ts";
import { checkCommand, type CheckOptions, type ShownJudgement } from "./check-command.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis waive`. */
export interface WaiveOptions extends Omit<CheckOptions, "failOn"> {
  readonly reason: string;
  readonly ticket?: string;
  readonly owner?: string;
  readonly expires?: string;
  /** The file that the waiver is added to. */
  readonly file?: string;
}

/** Days until a waiver expires, where nobody says. */
const DEFAULT_DAYS = 30;

/**
 * Runs `portcullis waive`: adds a waiver for a finding, problem or gap to a file, with the narrowest selector that covers it.
 * Nothing is written that would not be read. Returns the exit code.
 */
export async function waiveCommand(target: string, options: WaiveOptions): Promise<number> {
  const { reason, ticket, owner, expires: wanted, file, ...judging } = options;
  let judged: ShownJudgement | undefined;
  const show = async (shown: ShownJudgement): Promise<number> => {
    judged = shown;
    return 0;
  };
  await checkCommand([], { ...judging, failOn: "deny" }, { show });
  if (judged === undefined) throw new Error("nothing was judged");
  const { report, config, policies } = judged;
  if (config.waivers.files.length === 0)
    throw new UsageError("waivers are switched off: the configuration has `waivers: []`");
  const covered = coveredBy(target, report);
  const common = {
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(owner === undefined ? {} : { owner }),
    expires: wanted ?? dayAfter(report.now, Math.min(DEFAULT_DAYS, config.waivers.maxDays)),
  };
  const waivers = covered.map((one) => ({ ...one, ...common }));
  const root =
    options.base === undefined ? process.cwd() : (repositoryTop(options.repo ?? process.cwd()) ?? process.cwd());
  const path = file ?? defaultFile(config, covered[0]?.scope);
  const text = withWaivers(join(root, path), waivers);
  const { problems } = await readWaivers(memoryTree({ [path]: text }), {
    config: { ...config.waivers, files: [path] },
    now: report.now,
    policies,
  });
  const [problem] = problems;
  if (problem !== undefined)
    throw new UsageError(`nothing is written: ${path}:${problem.line ?? 1} would be refused: ${problem.message}`);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(
    inert(`wrote ${path}: ${waivers.length === 1 ? "a waiver" : `${waivers.length} waivers`} until ${common.expires}`) +
      "\nFor pull requests it counts once it is on the branch that the rules are read from.\n",
  );
  return 0;
}

/** What a person means by a fingerprint or `FILE:LINE`: findings that have no waiver yet, else a problem or gap there. */
function coveredBy(target: string, all: Report): readonly Pick<Waiver, "scope" | "match">[] {
  const report = {
    ...all,
    findings: all.findings.filter(({ waiver, status }) => waiver === undefined && status !== "fixed"),
  };
  const place = placeIn(target);
  const isHere = (one: { readonly path?: string; readonly line?: number }): boolean =>
    place !== undefined && one.path === place.path && (one.line ?? 1) === place.line;
  const [problem] = report.problems.filter(isHere);
  const [gap] = report.gaps.filter(isHere);
  const hasFinding = report.findings.some(({ location }) => isHere(location));
  if (!hasFinding && problem?.path !== undefined) {
    const { stage, path } = problem;
    if (stage === "config" || stage === "compile")
      throw new UsageError(`${target}: a problem of the configuration or the policies may not be waived`);
    return [{ scope: { kind: "problem", stage }, match: { path: [path] } }];
  }
  if (!hasFinding && gap !== undefined) return [{ scope: { kind: "gap" }, match: { path: [gap.path] } }];
  return meantFindings(target, report, all).map((finding) => {
    if (finding.waivable === false) throw new UsageError(`${finding.policy} may not be waived`);
    return { scope: { kind: "policy", policy: finding.policy }, match: narrowestMatch(partMeant(finding, target)) };
  });
}

/** One object of a finding, where the fingerprint is that of its part. */
function partMeant(finding: Finding, target: string): Finding {
  const [reach] = reachesOf(finding).filter(({ fingerprint }) => fingerprint.startsWith(target));
  const isPart = !finding.fingerprint.startsWith(target) && reach !== undefined;
  return isPart ? partOfFinding(finding, [reach]) : finding;
}

/** Where the waivers of a policy are, as the configuration says. */
function defaultFile({ waivers: { files } }: Config, scope: Waiver["scope"] | undefined): string {
  const [first = "waivers"] = files;
  if (/\.(?:ya?ml|json)$/.test(first)) return first;
  const name = scope?.kind === "policy" ? scope.policy.replaceAll(/[^\w.-]+/g, "-") : "not-judged";
  return `${first.replace(/\/+$/, "")}/${name}.yaml`;
}

/** The text of the file with the waivers at its end. */
function withWaivers(path: string, waivers: readonly Omit<Waiver, "path" | "line">[]): string {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const own = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return own + waivers.map(waiverText).join("");
}

function dayAfter(now: string, days: number): string {
  return new Date(Date.parse(now) + days * 86_400_000).toISOString().slice(0, 10);
}
