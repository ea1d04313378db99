import type { Diagnosis } from "../../model/diagnosis.ts";

/** What the App must be allowed, and hear of, and what does not work without it. */
interface Need {
  readonly level?: "read" | "write";
  readonly without: string;
  /** Without it pull requests are not judged; else a part of the work is missing. */
  readonly vital?: true;
}

/** The permissions of app.yml. */
export const PERMISSIONS: { readonly [permission: string]: Need } = {
  metadata: { level: "read", without: "repositories have no names", vital: true },
  contents: { level: "read", without: "nothing can be fetched, so nothing is judged", vital: true },
  checks: { level: "write", without: "no check can be created", vital: true },
  pull_requests: { level: "write", without: "pull requests cannot be read, so nothing is judged", vital: true },
  merge_queues: { level: "read", without: "a merge queue waits for ever" },
  statuses: { level: "write", without: "GitHub does not offer the App as the source of a required check" },
  issues: {
    level: "write",
    without: "no override is granted, since no issue can be opened about it; with none at all no command is heard",
  },
  members: { level: "read", without: "no member of a team can approve what `owners` gives to the team" },
};

/** The events of app.yml. */
export const EVENTS: { readonly [event: string]: Need } = {
  pull_request: { without: "pull requests are judged by the sweep alone, minutes later", vital: true },
  pull_request_review: { without: "an approval is noticed by the sweep alone, up to an hour later" },
  check_run: { without: "the Re-run button does nothing" },
  check_suite: { without: "Re-run all checks does nothing" },
  merge_group: { without: "a merge queue waits for ever" },
  push: { without: "changed rules come into force by the sweep alone, minutes later" },
  issue_comment: { without: "/portcullis recheck and /portcullis override are not heard" },
  issues: { without: "that the issue of an override was closed without a follow-up is noticed up to an hour later" },
  repository: { without: "archived, renamed, transferred and deleted repositories are noticed later" },
  membership: { without: "that somebody joined or left a team is noticed up to an hour later" },
  team: { without: "that a team was renamed or deleted is noticed up to an hour later" },
  organization: { without: "that somebody left the organisation is noticed up to an hour later" },
  member: { without: "that somebody may write no longer is noticed up to an hour later" },
  repository_dispatch: { without: "pipelines cannot ask for a new judgement" },
};

const LEVELS = ["read", "write", "admin"];

/** A permission or an event that is missing, as people read it, and what does not work without it. */
export interface Lack {
  readonly what: string;
  readonly without: string;
  readonly state: Extract<Diagnosis["state"], "warning" | "failure">;
}

/** What of app.yml is missing in these permissions and events. */
export function lacksOf(
  permissions: { readonly [permission: string]: string },
  events: readonly string[],
): readonly Lack[] {
  const lack = (what: string, { without, vital }: Need): Lack => ({
    what,
    without,
    state: vital === true ? "failure" : "warning",
  });
  return [
    ...Object.entries(PERMISSIONS)
      .filter(([name, { level = "read" }]) => LEVELS.indexOf(permissions[name] ?? "") < LEVELS.indexOf(level))
      .map(([name, need]) => lack(`permission ${name}: ${need.level}`, need)),
    ...Object.entries(EVENTS)
      .filter(([name]) => !events.includes(name))
      .map(([name, need]) => lack(`event ${name}`, need)),
  ];
}

/** The permissions that go beyond app.yml. */
export function excessOf(permissions: { readonly [permission: string]: string }): readonly string[] {
  return Object.entries(permissions)
    .filter(([name, level]) => LEVELS.indexOf(level) > LEVELS.indexOf(PERMISSIONS[name]?.level ?? ""))
    .map(([name, level]) => `${name}: ${level}`);
}
