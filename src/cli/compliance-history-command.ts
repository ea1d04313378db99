import { turnsOf } from "../gate/standing/standing-history.ts";
import type { Standing } from "../model/standing.ts";
import type { HistoryEntry } from "../model/standing-history.ts";
import { historyFormats } from "../report/compliance/history/formats.ts";
import { inert } from "../report/inert-text.ts";
import { count } from "../report/wording.ts";
import type { Database } from "../store/database.ts";
import {
  listComplianceFailures,
  listJudgedBranches,
  readStandings,
  WITH_STANDINGS,
  type JudgedBranch,
} from "../store/standing-history.ts";
import type { ComplianceOptions } from "./compliance-command.ts";
import { printPart } from "./print-part.ts";
import { readStore } from "./read-store.ts";
import { UsageError } from "./usage-error.ts";
import { utcTime } from "./utc-time.ts";

/** How many names an error lists. */
const MOST_NAMES = 50;

/** What belongs to judging, which a history does not do. */
const OF_JUDGING = ["base", "head", "repo", "framework", "policy", "data", "config", "now", "offline"] as const;

/**
 * Runs `portcullis compliance --history`: prints what the server stored of its judgements, branch by branch, the oldest
 * first. Returns the exit code.
 */
export async function complianceHistoryCommand(
  paths: readonly string[],
  { repository, branch, since, output = "text", ...others }: Partial<ComplianceOptions>,
): Promise<number> {
  if (paths.length > 0) throw new UsageError(`--history: expected no PATH, and got ${paths[0]}`);
  for (const name of OF_JUDGING) {
    if (others[name] !== undefined) throw new UsageError(`--history judges nothing: it cannot be used with --${name}`);
  }
  if (output === "oscal") throw new UsageError("--history -o oscal: expected one of text, csv, json");
  if (repository !== undefined && !/^[^/\s]+\/[^/\s]+$/.test(repository))
    throw new UsageError(`--repository ${repository}: expected owner/name`);
  const from = since === undefined ? undefined : utcTime("--since", since);
  const { header, entry: format } = historyFormats[output];
  return readStore({ what: "history of compliance", since: WITH_STANDINGS }, async (database) => {
    await tellFailures(database, repository);
    const branches = chosen(await listJudgedBranches(database), repository, branch);
    await printPart(header);
    let printed = 0;
    for (const one of branches) {
      for await (const entry of historyOf(database, one, from)) {
        await printPart(format(entry));
        printed += 1;
      }
    }
    if (printed === 0) process.stderr.write(`portcullis: no judgement is stored${from ? ` from ${from} on` : ""}\n`);
    return 0;
  });
}

async function* historyOf(
  database: Database,
  judgedBranch: JudgedBranch,
  since: string | undefined,
): AsyncGenerator<HistoryEntry> {
  let before: Standing | undefined;
  let first = true;
  for await (const judged of readStandings(database, judgedBranch, since)) {
    if (since === undefined || judged.judgedAt >= since) {
      const { repository, gated } = judgedBranch;
      const known = before === undefined ? {} : { before };
      yield { repository: repository.name, gated, judged, ...known, first, ...turnsOf(before, judged) };
      first = false;
    }
    before = judged.standing;
  }
}

/** Says which repositories could not be judged the last time: their history does not go on. */
async function tellFailures(database: Database, only: string | undefined): Promise<void> {
  for (const { repository, failure } of await listComplianceFailures(database)) {
    if (only === undefined || isNamed(only, repository))
      process.stderr.write(`portcullis: ${inert(repository)} could not be judged the last time: ${inert(failure)}\n`);
  }
}

/** The branches that are asked for. GitHub does not tell upper from lower case in names of repositories. */
function chosen(
  all: readonly JudgedBranch[],
  repository: string | undefined,
  branch: string | undefined,
): readonly JudgedBranch[] {
  const ofRepository = all.filter((one) => repository === undefined || isNamed(repository, one.repository.name));
  if (repository !== undefined && ofRepository.length === 0)
    throw new UsageError(`--repository ${repository}: ${namesOf(all.map((one) => one.repository.name))}`);
  const named = ofRepository.filter((one) => branch === undefined || one.branch === branch);
  if (branch !== undefined && named.length === 0)
    throw new UsageError(`--branch ${branch}: ${namesOf(ofRepository.map((one) => one.branch))}`);
  return named;
}

function isNamed(name: string, repository: string): boolean {
  return name.toLowerCase() === repository.toLowerCase();
}

function namesOf(all: readonly string[]): string {
  const names = [...new Set(all)];
  if (names.length === 0) return "no judgement of any is stored";
  const more = names.length > MOST_NAMES ? ` and ${count(names.length - MOST_NAMES, "other")}` : "";
  return `no judgement of it is stored; there are judgements of ${names.slice(0, MOST_NAMES).map(inert).join(", ")}${more}`;
}
