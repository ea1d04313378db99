import type { BranchProtection, BranchRules, RequiredCheck } from "../../github/branch-rules.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import { CHECK_NAME } from "../../github/checks.ts";
import { requirementOf } from "../publish/requirement.ts";
import { failure, ok, unknown, warning } from "./diagnosis.ts";

/** A gated branch and what GitHub shows of its rules. */
export interface ExaminedBranch {
  readonly branch: string;
  /** Where people edit its rules. */
  readonly rulesUrl: string;
  /** The name of its check. */
  readonly check: string;
  readonly appId: number;
  readonly rules: BranchRules;
  /** Absent where there is no such branch. */
  readonly protection?: BranchProtection;
  /** The repository only reports, so that nothing need be required. */
  readonly reportOnly: boolean;
  /** Whether the App hears of merge groups there. */
  readonly hearsMergeGroups: boolean;
}

/** Whether the rules of a branch hold back what the gate refuses. */
export function examineBranch(examined: ExaminedBranch): readonly Diagnosis[] {
  const { branch, check, appId, protection, reportOnly, rulesUrl } = examined;
  if (protection === undefined) return [warning("branch/absent", `${branch}: the branch is not there`, "create it")];
  const required = [...examined.rules.checks, ...protection.checks];
  const requirement = requirementOf(required, { name: check, appId });
  const where = `at ${rulesUrl}, require "${check}" on ${branch} with this App as its source`;
  switch (requirement) {
    case "pinned":
    case "unpinned":
      return [
        requirement === "pinned"
          ? ok("branch/required", `${branch}: the check "${check}" is required, from this App alone`)
          : failure(
              "branch/unpinned",
              `${branch}: the check "${check}" is required from any source, so everyone with write access can create it`,
              where,
            ),
        ...wrongName(examined, required),
        ...freshness(examined, protection),
        ...administrators(examined, protection),
      ];
    case "another App's":
      return [
        failure(
          "branch/another-app",
          `${branch}: the check "${check}" is required from another App (${others(required, check, appId)}), so what this App says does not count`,
          where,
        ),
      ];
    case "missing":
      return [
        ...(reportOnly
          ? [ok("branch/report-only", `${branch}: the check "${check}" is not required, and only reports`)]
          : [
              failure(
                "branch/not-required",
                `${branch}: no rule requires the check "${check}", so it blocks nothing`,
                where,
              ),
            ]),
        ...wrongName(examined, required),
      ];
    default:
      return requirement satisfies never;
  }
}

/** Names that the App gives to checks of other branches: on a change into this one they never come. */
function wrongName(
  { branch, check, appId, rulesUrl }: ExaminedBranch,
  required: readonly RequiredCheck[],
): readonly Diagnosis[] {
  const never = required
    .filter(({ name, appId: from }) => name !== check && (from === undefined || from === appId))
    .find(({ name }) => name === CHECK_NAME || name.startsWith(`${CHECK_NAME}: `));
  if (never === undefined) return [];
  return [
    failure(
      "branch/wrong-name",
      `${branch}: the check "${never.name}" is required, which never comes there: nothing can be merged`,
      `at ${rulesUrl}, require "${check}" on ${branch} in its place`,
    ),
  ];
}

/** A change that passed against an old state of its base must not be merged into a newer one unseen. */
function freshness(
  { branch, rules, hearsMergeGroups, rulesUrl }: ExaminedBranch,
  protection: BranchProtection,
): readonly Diagnosis[] {
  if (rules.mergeQueue)
    return hearsMergeGroups
      ? [ok("branch/queue", `${branch}: the merge queue has each group judged`)]
      : [
          failure(
            "branch/queue-unheard",
            `${branch}: a merge queue waits for the check, and the App does not hear of its groups: nothing can be merged`,
            "grant the permission merge_queues: read and the event merge_group (above)",
          ),
        ];
  if (rules.strict || protection.strict === true)
    return [ok("branch/up-to-date", `${branch}: branches must be up to date before they are merged`)];
  const found = `${branch}: what passed can be merged after ${branch} has moved on, and the sum of both is not judged`;
  const next = `use a merge queue, or at ${rulesUrl} require branches to be up to date`;
  // Branch protection tells that only to administrators.
  return protection.checks.length > 0 && protection.strict === undefined
    ? [unknown("branch/stale-base", `${branch}: GitHub does not show whether branches must be up to date`, next)]
    : [warning("branch/stale-base", found, next)];
}

/** A ruleset that requires the check binds them all the same. */
function administrators(
  { branch, rules, check, appId }: ExaminedBranch,
  protection: BranchProtection,
): readonly Diagnosis[] {
  if (!protection.sparesAdministrators || requirementOf(rules.checks, { name: check, appId }) === "pinned") return [];
  return [
    warning(
      "branch/administrators",
      `${branch}: its branch protection does not bind administrators`,
      'tick "Do not allow bypassing the above settings", or use a ruleset',
    ),
  ];
}

function others(required: readonly RequiredCheck[], check: string, appId: number): string {
  const ids = required.flatMap(({ name, appId: from }) =>
    name === check && from !== undefined && from !== appId ? [from] : [],
  );
  return [...new Set(ids)].join(", ");
}
