/** What a pipeline sends as a repository_dispatch event to have pull requests judged again. */
export const RECHECK_EVENT = "portcullis-recheck";

/** The events the App listens to, with the actions that mean work; `"*"` where the event has no action. */
const EVENTS: { readonly [event: string]: readonly string[] } = {
  pull_request: ["opened", "synchronize", "reopened", "edited", "ready_for_review", "closed"],
  check_run: ["rerequested"],
  check_suite: ["rerequested"],
  merge_group: ["checks_requested"],
  push: ["*"],
  issue_comment: ["created"],
  repository_dispatch: [RECHECK_EVENT],
  installation: ["created", "deleted", "unsuspend", "new_permissions_accepted"],
  installation_repositories: ["added", "removed"],
};

/** Whether a delivery can mean work. Looks at no more than it needs: GitHub adds events, actions and fields at any time. */
export function concernsUs(event: string, payload: { readonly [key: string]: unknown }): boolean {
  const actions = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  if (actions === undefined) return false;
  return actions.includes("*") || (typeof payload["action"] === "string" && actions.includes(payload["action"]));
}
