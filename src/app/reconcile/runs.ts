import type { ShownRun } from "../../github/checks.ts";
import { pullOf, readExternalId, shortDigest } from "../publish/check-run.ts";

/** An open pull request as GitHub lists it. */
export interface OpenPull {
  readonly number: number;
  readonly head: string;
  readonly baseRef: string;
}

/** A run of the App that GitHub shows, by what its `external_id` says. */
export interface FoundRun {
  readonly job: string;
  readonly runId: number;
  readonly externalId: string;
  /** The branch that it was judged for; empty if an older version did not say it. */
  readonly into: string;
}

/** How the check runs on the head of a pull request differ from what is stored. `open`: its runs in progress. */
export type RunsComparison =
  | { readonly kind: "same" }
  | {
      readonly kind: "pull request not judged" | "verdict missing" | "run left in progress";
      readonly open: readonly FoundRun[];
    }
  | {
      readonly kind: "verdict adopted";
      readonly open: readonly [];
      readonly verdict: FoundRun & { readonly conclusion: "success" | "failure" };
      readonly policies: string;
    };

/** What is known about the pull request whose runs are compared. */
export interface Known {
  readonly pull: OpenPull;
  /** The name of its check. */
  readonly check: string;
  /** Whether another open pull request has the same head: then its verdict may be about that one. */
  readonly shared: boolean;
  /** The digest of the policies in force. */
  readonly policies: string | undefined;
  /** What its check should show; absent if nothing is stored. */
  readonly judged: "success" | "failure" | undefined;
}

/** Compares all runs of the App on a head, oldest first, with what is known about one pull request. */
export function compareRuns(runs: readonly ShownRun[], known: Known): RunsComparison {
  const { pull, check, judged } = known;
  const own = runs.filter((run) => pullOf(run.externalId) === pull.number);
  const open = own.filter((run) => run.conclusion === undefined).flatMap((run) => foundRun(run) ?? []);
  if (open.length > 0) return { kind: "run left in progress", open };
  if (judged !== undefined) {
    const shown = runs.findLast((run) => run.name === check)?.conclusion;
    return shown === judged ? { kind: "same" } : { kind: "verdict missing", open };
  }
  return adoptable(own.at(-1), known) ?? { kind: "pull request not judged", open };
}

function foundRun({ id, externalId }: ShownRun): FoundRun | undefined {
  const identity = readExternalId(externalId);
  return identity && { job: identity.job, runId: id, externalId, into: identity.into ?? "" };
}

/** The verdict of a run, if it is about this very state of the pull request, by the policies in force. */
function adoptable(
  run: ShownRun | undefined,
  { pull, check, shared, policies }: Known,
): Extract<RunsComparison, { readonly kind: "verdict adopted" }> | undefined {
  const conclusion = run?.conclusion;
  if (run === undefined || policies === undefined || shared || run.name !== check) return undefined;
  if (conclusion !== "success" && conclusion !== "failure") return undefined;
  const found = foundRun(run);
  const identity = readExternalId(run.externalId);
  const same =
    identity?.head === pull.head &&
    identity.into === pull.baseRef &&
    identity.policies === shortDigest(policies) &&
    // Only a verdict names the tree that was judged.
    identity.tree !== undefined;
  return found === undefined || !same
    ? undefined
    : { kind: "verdict adopted", open: [], verdict: { ...found, conclusion }, policies };
}
