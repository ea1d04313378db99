import type { Team } from "../approvals/decide-approvals.ts";
import { isKnown, isSame, type Account, type ProposedCommit } from "../approvals/people.ts";
import type { OverrideConfig } from "../../model/config.ts";

/** Somebody asks to let a pull request through that the gate blocks. */
export interface OverrideRequest {
  /** Absent: nobody may. */
  readonly rule?: OverrideConfig;
  readonly by: Account;
  readonly reason: string;
  /** When the comment was written, and now: ISO 8601. */
  readonly asked: string;
  readonly now: string;
  readonly pull: {
    readonly open: boolean;
    readonly head: string;
    readonly baseRef: string;
    /** Whether that is a gated branch. */
    readonly gated: boolean;
    readonly author?: Account;
    /** The ids of those who are known to have pushed to it. */
    readonly pushers?: readonly number[];
    /** Absent: GitHub does not list all. */
    readonly commits?: readonly ProposedCommit[];
  };
  /** The check as it is; absent: the pull request was never judged. */
  readonly check?: {
    readonly head: string;
    readonly baseRef: string;
    /** When it was opened for this head, ISO 8601. */
    readonly since: string;
    /** Absent: it is in progress. */
    readonly conclusion?: "success" | "failure";
  };
  /** Why a head that was not judged cannot be let through; absent: it was judged, or can be. */
  readonly unjudged?: string;
  /** Until when an earlier override holds, ISO 8601; absent: none does. */
  readonly active?: string;
  /** By name in lower case. */
  readonly teams: ReadonlyMap<string, Team>;
}

/** Whether the override is granted, and until when (ISO 8601). */
export type OverrideDecision =
  | { readonly kind: "granted"; readonly until: string }
  | { readonly kind: "refused"; readonly why: string };

/** Times of GitHub are in whole seconds. */
const SECOND = 1_000;
const SHORTEST_REASON = 10;

/**
 * Decides about an override: only by a member of a configured team who has no part in the change, of the very head and
 * base branch that were judged before the comment, until the configured minutes after it. Whatever is not known refuses it.
 */
export function decideOverride(request: OverrideRequest): OverrideDecision {
  const { rule, asked, now } = request;
  if (rule === undefined)
    return refused("overrides are switched off: portcullis.yaml on the default branch has no `override`");
  const why = objectionOf(request, rule);
  if (why !== undefined) return refused(why);
  const until = Date.parse(asked) + rule.minutes * 60 * SECOND;
  if (!(until > Date.parse(now))) return refused(`the comment is older than ${rule.minutes} minutes; comment again`);
  return { kind: "granted", until: new Date(until).toISOString() };
}

function refused(why: string): OverrideDecision {
  return { kind: "refused", why };
}

function objectionOf(request: OverrideRequest, rule: OverrideConfig): string | undefined {
  const { by, reason, pull, check, asked, active } = request;
  if (by.type !== "User" || by.login.endsWith("[bot]")) return "only a person can override";
  if (reason.trim().length < SHORTEST_REASON)
    return `expected a reason of at least ${SHORTEST_REASON} characters: /portcullis override REASON`;
  if (!pull.open) return "the pull request is closed";
  // Its check is that of the default branch, and would still be green in the moment after a retarget.
  if (!pull.gated) return `the branch ${pull.baseRef} is not gated, so that there is nothing to override`;
  if (check === undefined || check.head !== pull.head || check.baseRef !== pull.baseRef)
    return `${pull.head.slice(0, 12)} was not judged yet`;
  if (Date.parse(check.since) > Date.parse(asked) + SECOND)
    return `${pull.head.slice(0, 12)} came after the comment, which was about an older state; comment again`;
  if (check.conclusion === undefined) return "the check is still in progress";
  if (active !== undefined) return `an override is in force already, until ${active}`;
  if (check.conclusion === "success") return "the check has passed, so that there is nothing to override";
  if (request.unjudged !== undefined) return request.unjudged;
  return partIn(request.pull, by) ?? membership(request, rule);
}

/** Why somebody may have a part in the change. */
function partIn({ author, pushers = [], commits }: OverrideRequest["pull"], by: Account): string | undefined {
  if (author === undefined) return "GitHub does not tell who opened the pull request";
  if (author.id === by.id) return "who opened the pull request cannot override its check";
  if (pushers.includes(by.id)) return "who pushed to the pull request cannot override its check";
  if (commits === undefined)
    return "GitHub does not list all commits of the pull request, so that nobody can be shown to have no part in it";
  for (const { sha, contributors } of commits) {
    const own = contributors.find((one) => isSame(one, by));
    if (own !== undefined) return `the ${own.role} of ${sha.slice(0, 12)} cannot override the check`;
    const stranger = contributors.find((one) => one.role !== "co-author" && !isKnown(one));
    if (stranger !== undefined)
      return `GitHub knows no account of the ${stranger.role} of ${sha.slice(0, 12)}, so that nobody can be shown to be another person`;
  }
  return undefined;
}

function membership({ by, teams }: OverrideRequest, rule: OverrideConfig): string | undefined {
  const known = rule.teams.map((name) => ({ name, team: teams.get(name.toLowerCase()) }));
  if (known.some(({ team }) => team?.kind === "team" && team.members.has(by.id))) return undefined;
  const doubts = known.flatMap(({ name, team }) => {
    if (team?.kind === "missing") return [`GitHub knows no ${name}`];
    return team?.kind === "team" ? [] : [`who belongs to ${name} is not known: ${team?.why ?? "it was not asked"}`];
  });
  return [`only members of ${rule.teams.join(", ")} may override`, ...doubts].join("; ");
}
