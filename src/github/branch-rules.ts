import { RequestError, type Octokit } from "octokit";
import type { Place } from "./pulls.ts";

/** One rule by which a branch requires a check. */
export interface RequiredCheck {
  /** The name of the check. */
  readonly name: string;
  /** The App whose checks of this name count; absent: those of anyone who may write. */
  readonly appId?: number;
  /** The ruleset that the rule belongs to; absent: branch protection, the older kind of rules. */
  readonly ruleset?: number;
}

/** What the rulesets in force ask of a branch. */
export interface BranchRules {
  readonly checks: readonly RequiredCheck[];
  /** The ids of all rulesets that have a rule for the branch. */
  readonly rulesets: readonly number[];
  /** Branches must be up to date before they are merged. */
  readonly strict: boolean;
  readonly mergeQueue: boolean;
}

/** Reads what rulesets, those of the organisation included, ask of a branch. `metadata: read` suffices. */
export async function readBranchRules(octokit: Octokit, place: Place, branch: string): Promise<BranchRules> {
  const rules = await octokit.paginate(octokit.rest.repos.getBranchRules, { ...place, branch, per_page: 100 });
  const checks: RequiredCheck[] = [];
  let strict = false;
  for (const rule of rules) {
    if (rule.type !== "required_status_checks") continue;
    strict ||= rule.parameters?.strict_required_status_checks_policy === true;
    for (const { context, integration_id: appId } of rule.parameters?.required_status_checks ?? []) {
      checks.push(requiredCheck(context, appId, rule.ruleset_id));
    }
  }
  return {
    checks,
    rulesets: [...new Set(rules.flatMap(({ ruleset_id: id }) => (id === undefined ? [] : [id])))],
    strict,
    mergeQueue: rules.some(({ type }) => type === "merge_queue"),
  };
}

/** Reads the names of all branches. `contents: read` suffices. */
export async function readBranchNames(octokit: Octokit, place: Place): Promise<readonly string[]> {
  const branches = await octokit.paginate(octokit.rest.repos.listBranches, { ...place, per_page: 100 });
  return branches.map(({ name }) => name);
}

/** What branch protection asks of a branch, as far as it is shown without the permission to administer it. */
export interface BranchProtection {
  readonly checks: readonly RequiredCheck[];
  /** Administrators may merge without the checks. */
  readonly sparesAdministrators: boolean;
  /** Branches must be up to date before they are merged; absent where GitHub does not tell. */
  readonly strict?: boolean;
}

/** Reads the protection of a branch; undefined where there is no such branch. `contents: read` suffices. */
export async function readBranchProtection(
  octokit: Octokit,
  place: Place,
  branch: string,
): Promise<BranchProtection | undefined> {
  try {
    const { data } = await octokit.rest.repos.getBranch({ ...place, branch });
    const required = data.protection.required_status_checks;
    const inForce = data.protection.enabled !== false && required?.enforcement_level !== "off";
    const checks = inForce ? (required?.checks ?? []) : [];
    return {
      checks: checks.map(({ context, app_id: appId }) => requiredCheck(context, appId)),
      sparesAdministrators: checks.length > 0 && required?.enforcement_level === "non_admins",
      ...(required?.strict === undefined ? {} : { strict: required.strict }),
    };
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}

/** A ruleset, as the App sees it. */
export interface Ruleset {
  readonly name: string;
  /** Who may bypass it; absent where GitHub does not tell, which is where the App may not edit it. */
  readonly bypass?: readonly string[];
  /** Whether the App itself may bypass it; absent where GitHub does not tell. */
  readonly bypassedByApp?: boolean;
}

/** Reads a ruleset of the repository or of one above it. */
export async function readRuleset(octokit: Octokit, place: Place, id: number): Promise<Ruleset> {
  const { data } = await octokit.rest.repos.getRepoRuleset({ ...place, ruleset_id: id });
  const { name, bypass_actors: bypass, current_user_can_bypass: own } = data;
  return {
    name,
    ...(bypass === undefined
      ? {}
      : { bypass: bypass.map(({ actor_type: type, actor_id: actor }) => (actor ? `${type} ${actor}` : type)) }),
    ...(own === undefined ? {} : { bypassedByApp: own !== "never" }),
  };
}

/** GitHub writes "any App" in three ways. */
function requiredCheck(name: string, appId: number | null | undefined, ruleset?: number): RequiredCheck {
  return {
    name,
    ...(appId === null || appId === undefined || appId < 0 ? {} : { appId }),
    ...(ruleset === undefined ? {} : { ruleset }),
  };
}
