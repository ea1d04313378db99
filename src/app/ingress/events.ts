/** The `event_type` of a repository_dispatch event with which a pipeline has pull requests judged again. */
export const RECHECK_EVENT = "portcullis-recheck";

/** The events that the App handles, with the actions that can lead to work; `"*"` for an event without actions. */
const EVENTS: { readonly [event: string]: readonly string[] } = {
  pull_request: ["opened", "synchronize", "reopened", "edited", "ready_for_review", "stacked", "closed"],
  pull_request_review: ["submitted", "dismissed", "edited"],
  check_run: ["rerequested"],
  check_suite: ["rerequested"],
  merge_group: ["checks_requested"],
  push: ["*"],
  issue_comment: ["created"],
  issues: ["closed"],
  repository_dispatch: [RECHECK_EVENT],
  repository: ["archived", "unarchived", "deleted", "renamed", "transferred"],
  organization: ["member_added", "member_removed"],
  membership: ["added", "removed"],
  team: ["edited", "deleted", "added_to_repository", "removed_from_repository"],
  member: ["added", "edited", "removed"],
  installation: ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"],
  installation_repositories: ["added", "removed"],
};

/**
 * Whether a delivery can lead to work. Reads the action only, since GitHub adds events, actions and fields at any time.
 */
export function concernsUs(event: string, payload: { readonly [key: string]: unknown }): boolean {
  const actions = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  if (actions === undefined) return false;
  return actions.includes("*") || (typeof payload["action"] === "string" && actions.includes(payload["action"]));
}
