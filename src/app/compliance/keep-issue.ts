import { createHash } from "node:crypto";
import { needsSomebody } from "../../gate/standing/compare-standings.ts";
import { failureOf } from "../../github/failure.ts";
import type { IssuesClient } from "../../github/issues-client.ts";
import type { Place } from "../../github/pulls.ts";
import type { StoredStanding } from "../../model/standing.ts";
import { COMPLIANCE_ISSUE_TITLE, complianceIssue } from "../../report/compliance/compliance-issue.ts";
import type { Repository } from "../../store/repositories.ts";
import type { ComplianceIssue } from "../../store/standings.ts";
import { linksToCommit } from "../publish/head-link.ts";
import type { Services, UsesStore } from "../services.ts";

/** What `keepIssue` needs. */
export type KeepIssueServices = UsesStore<"findComplianceIssue" | "listNewestStandings" | "recordComplianceIssue"> &
  Pick<Services, "ownLogin"> & {
    readonly clients: Pick<Services["clients"], "issues">;
    readonly log: Pick<Services["log"], "info">;
  };

/**
 * Keeps the one issue about a repository as its newest standings are: opened when somebody is needed, edited where
 * something differs, and closed when nobody is needed or the rules want none. GitHub is asked nothing where the issue says
 * it already. Where it cannot be written, that is stored, and tried again when something differs or the next night.
 */
export async function keepIssue(
  services: KeepIssueServices,
  { repository, cloneUrl, wanted }: { repository: Repository; cloneUrl: string; wanted: boolean },
): Promise<void> {
  const { id, owner, name, installation } = repository;
  const known = await services.store.findComplianceIssue(id);
  const standings = await services.store.listNewestStandings(id);
  const open = wanted && standings.some(({ standing }) => needsSomebody(standing));
  if (!open && known === undefined) return;
  const body = wanted ? issueText(standings, cloneUrl) : undefined;
  const digest = createHash("sha256")
    .update(JSON.stringify([open, body]))
    .digest("hex");
  if (known?.digest === digest) return;
  const issues = await services.clients.issues(installation, id);
  if (issues === undefined) {
    await services.store.recordComplianceIssue(id, known, "the installation has not granted issues: write");
    return;
  }
  const place = { owner, repo: name };
  try {
    const number = await write(services, issues, place, known, { open, body });
    await services.store.recordComplianceIssue(id, number === undefined ? undefined : { number, digest });
    if (number !== undefined)
      services.log.info({ repository: id, issue: number, open }, "an issue about compliance was written");
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind !== "gone" && failure?.kind !== "refused") throw error;
    await services.store.recordComplianceIssue(id, undefined, `GitHub refuses the issue (${failure.reason})`);
  }
}

/** What the issue is to say; without `body` its text stays. */
interface Wanted {
  readonly open: boolean;
  readonly body: string | undefined;
}

/** Writes the issue and returns its number; undefined where there is none and none is needed. */
async function write(
  services: Pick<Services, "ownLogin">,
  issues: IssuesClient,
  place: Place,
  known: ComplianceIssue | undefined,
  { open, body }: Wanted,
): Promise<number | undefined> {
  const change = { state: open ? "open" : "closed", ...(body === undefined ? {} : { body }) } as const;
  if (known !== undefined) {
    try {
      await issues.edit(place, known.number, change);
      return known.number;
    } catch (error) {
      // It was deleted, or moved to another repository.
      if (failureOf(error)?.kind !== "gone") throw error;
    }
  }
  if (!open || body === undefined) return undefined;
  // An answer that was lost, or a database that was restored, leaves one whose number is not stored.
  const found = await issues.findOwn(place, { app: await services.ownLogin(), title: COMPLIANCE_ISSUE_TITLE });
  if (found === undefined) return issues.openIssue(place, COMPLIANCE_ISSUE_TITLE, body);
  await issues.edit(place, found, change);
  return found;
}

function issueText(standings: readonly StoredStanding[], cloneUrl: string): string {
  const pages = cloneUrl.replace(/\.git$/, "");
  return complianceIssue(standings, {
    file: (commit, path, line) => linksToCommit(cloneUrl, commit)(path, line),
    between: (from, to) => `${pages}/compare/${from}...${to}`,
  });
}
