import { expect, test } from "@jest/globals";
import { concernsUs } from "../../../src/app/ingress/events.ts";

test.each<[string, string | undefined, boolean]>([
  ["pull_request", "opened", true],
  ["pull_request", "synchronize", true],
  ["pull_request", "reopened", true],
  ["pull_request", "edited", true],
  ["pull_request", "ready_for_review", true],
  ["pull_request", "stacked", true],
  ["pull_request", "closed", true],
  ["pull_request", "labeled", false],
  ["pull_request", undefined, false],
  ["pull_request_review", "submitted", true],
  ["pull_request_review", "dismissed", true],
  ["pull_request_review", "edited", true],
  ["membership", "removed", true],
  ["team", "edited", true],
  ["team", "created", false],
  ["organization", "member_removed", true],
  ["organization", "member_invited", false],
  ["member", "edited", true],
  ["check_run", "rerequested", true],
  ["check_run", "completed", false],
  ["check_suite", "rerequested", true],
  ["check_suite", "requested", false],
  ["merge_group", "checks_requested", true],
  ["merge_group", "destroyed", false],
  ["push", undefined, true],
  ["push", "anything", true],
  ["issue_comment", "created", true],
  ["issue_comment", "edited", false],
  ["repository_dispatch", "portcullis-recheck", true],
  ["repository_dispatch", "deploy", false],
  ["installation", "created", true],
  ["installation", "deleted", true],
  ["installation", "unsuspend", true],
  ["installation", "new_permissions_accepted", true],
  ["installation", "suspend", true],
  ["repository", "archived", true],
  ["repository", "unarchived", true],
  ["repository", "deleted", true],
  ["repository", "renamed", true],
  ["repository", "transferred", true],
  ["repository", "edited", false],
  ["installation_repositories", "added", true],
  ["installation_repositories", "removed", true],
  ["star", "created", false],
  ["toString", undefined, false],
])("a delivery of %s, action %s: %s", (event, action, expected) => {
  expect(concernsUs(event, action === undefined ? {} : { action })).toBe(expected);
});

test("an action that is no text means nothing", () => {
  expect(concernsUs("pull_request", { action: ["opened"] })).toBe(false);
});
