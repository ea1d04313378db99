import type { RequiredCheck } from "../../github/branch-rules.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";

/** How a branch requires a check. All its rules hold at once. */
export type Requirement =
  /** From this App: nobody else can create the check that counts. */
  | "pinned"
  /** From any source: whoever may write can create it. */
  | "unpinned"
  /** From another App: what this App says does not count. */
  | "another App's"
  | "missing";

/** What rules say of a check of this App. */
export function requirementOf(
  rules: readonly RequiredCheck[],
  { name, appId }: { readonly name: string; readonly appId: number },
): Requirement {
  const about = rules.filter((rule) => rule.name === name);
  if (about.length === 0) return "missing";
  if (about.some((rule) => rule.appId !== undefined && rule.appId !== appId)) return "another App's";
  return about.some((rule) => rule.appId === appId) ? "pinned" : "unpinned";
}

/** The calls that `readRequirement` makes. */
export type RequirementCalls = Pick<RepositoryClient, "readBranchRules" | "readBranchProtection">;

/** Reads how a branch requires a check. Where a ruleset requires it from this App, that is one call. */
export async function readRequirement(
  github: RequirementCalls,
  place: Place,
  branch: string,
  check: { readonly name: string; readonly appId: number },
): Promise<Requirement> {
  const { checks } = await github.readBranchRules(place, branch);
  const first = requirementOf(checks, check);
  if (first === "pinned" || first === "another App's") return first;
  const protection = await github.readBranchProtection(place, branch);
  return requirementOf([...checks, ...(protection?.checks ?? [])], check);
}

/** Tells in a check whether it is required. */
export interface RequirementNotes {
  /**
   * What the check should say of the rules of `branch`, in plain text: nothing where they require it from this App, or
   * where they cannot be read. Never rejects.
   */
  notesOf(github: RequirementCalls, place: Place, branch: string, check: string): Promise<readonly string[]>;
}

const HOUR = 3_600_000;
/** Rules that protect the branch change rarely; whoever mends the others waits for the note to go. */
const KEPT_MILLISECONDS: { readonly [requirement in Requirement | "unread"]: number } = {
  pinned: 6 * HOUR,
  unpinned: HOUR / 6,
  "another App's": HOUR / 6,
  missing: HOUR / 6,
  unread: HOUR,
};

const MOST_KEPT = 10_000;

/** Creates the notes of the App `appId`. What was read of a branch is kept for some hours. `now` is in milliseconds. */
export function createRequirementNotes(appId: number, now: () => number = Date.now): RequirementNotes {
  const kept = new Map<string, { readonly requirement: Requirement | "unread"; readonly until: number }>();
  return {
    async notesOf(github, place, branch, name) {
      const key = JSON.stringify([place.owner, place.repo, branch, name]);
      let known = kept.get(key);
      if (known === undefined || known.until < now()) {
        const requirement = await readRequirement(github, place, branch, { name, appId }).catch(
          () => "unread" as const,
        );
        known = { requirement, until: now() + KEPT_MILLISECONDS[requirement] };
        if (kept.size >= MOST_KEPT) kept.clear();
        kept.set(key, known);
      }
      const note = noteOf(known.requirement, branch);
      return note === undefined ? [] : [`${note} ${REMEDY} (docs/install.md, step 3).`];
    },
  };
}

const REMEDY = "Require it in Settings → Rules → Rulesets, with this App as its source";

function noteOf(requirement: Requirement | "unread", branch: string): string | undefined {
  switch (requirement) {
    case "pinned":
    case "unread":
      return undefined;
    case "missing":
      return `This check blocks nothing yet: no rule of the branch ${branch} requires it.`;
    case "unpinned":
      return `This check can be forged: the rules of the branch ${branch} accept it from any source, so everyone with write access can create one with its name.`;
    case "another App's":
      return `This check does not count: the rules of the branch ${branch} require it from another App.`;
  }
}
