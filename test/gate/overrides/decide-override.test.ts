import { expect, test } from "@jest/globals";
import type { Team } from "../../../src/gate/approvals/decide-approvals.ts";
import type { Account, Contributor } from "../../../src/gate/approvals/people.ts";
import { decideOverride, type OverrideRequest } from "../../../src/gate/overrides/decide-override.ts";
import { hasFollowUp } from "../../../src/gate/overrides/follow-up.ts";

const [HEAD, OTHER] = ["a".repeat(40), "b".repeat(40)];
const author: Account = { id: 1, login: "author", type: "User" };
const oncall: Account = { id: 2, login: "oncall", type: "User" };
const other: Account = { id: 3, login: "other", type: "User" };
const robot: Account = { id: 4, login: "robot[bot]", type: "Bot" };

const by = (role: Contributor["role"], account: Account): Contributor => ({
  role,
  name: account.login,
  email: `${account.login}@example.com`,
  account,
});
const commit = (...contributors: readonly Contributor[]) => ({ sha: "c".repeat(40), contributors });
const ownCommit = commit(by("author", author), by("committer", author));
const team = (...members: readonly Account[]): Team => ({
  kind: "team",
  members: new Set(members.map(({ id }) => id)),
});

const request: OverrideRequest = {
  rule: { teams: ["@acme/oncall"], minutes: 60 },
  by: oncall,
  reason: "production is down",
  asked: "2027-01-15T12:00:00Z",
  now: "2027-01-15T12:00:05.500Z",
  pull: { open: true, head: HEAD, baseRef: "main", gated: true, author, commits: [ownCommit] },
  check: { head: HEAD, baseRef: "main", since: "2027-01-15T11:00:00.000Z", conclusion: "failure" },
  teams: new Map([["@acme/oncall", team(oncall)]]),
};
const pull = (over: Partial<OverrideRequest["pull"]>) => ({ pull: { ...request.pull, ...over } });
const check = (over: Partial<NonNullable<OverrideRequest["check"]>>) => ({ check: { ...request.check!, ...over } });
const two = { teams: ["@acme/leads", "@Acme/Oncall"], minutes: 5 };

test.each<[string, Partial<OverrideRequest>, string]>([
  ["for the configured minutes from the comment on", {}, "2027-01-15T13:00:00.000Z"],
  ["to a member of one of several teams", { rule: two }, "2027-01-15T12:05:00.000Z"],
  [
    "though another team is gone",
    { rule: two, teams: new Map([...request.teams, ["@acme/leads", { kind: "missing" }]]) },
    "2027-01-15T12:05:00.000Z",
  ],
  [
    "in the second in which the check was opened",
    check({ since: "2027-01-15T12:00:00.700Z" }),
    "2027-01-15T13:00:00.000Z",
  ],
  [
    "for a change of a bot",
    pull({ author: robot, commits: [commit(by("author", robot))] }),
    "2027-01-15T13:00:00.000Z",
  ],
])("an override is granted %s", (_, over, until) => {
  expect(decideOverride({ ...request, ...over })).toEqual({ kind: "granted", until });
});

const { rule: _rule, check: _check, ...bare } = request;
const { conclusion: _conclusion, ...running } = request.check!;
const { commits: _commits, ...uncounted } = request.pull;
const { author: _author, ...orphaned } = request.pull;

test.each<[string, OverrideRequest, string]>([
  ["where the configuration names nobody", { ...bare, check: request.check! }, "overrides are switched off"],
  [
    "by the author",
    { ...request, by: author, teams: new Map([["@acme/oncall", team(author)]]) },
    "who opened the pull request",
  ],
  [
    "by the author of a commit",
    { ...request, ...pull({ commits: [ownCommit, commit(by("author", oncall), by("committer", author))] }) },
    "the author of cccccccccccc cannot",
  ],
  [
    "by a committer",
    { ...request, ...pull({ commits: [commit(by("author", author), by("committer", oncall))] }) },
    "the committer of",
  ],
  [
    "by a co-author",
    { ...request, ...pull({ commits: [commit(by("author", author), by("co-author", oncall))] }) },
    "the co-author of",
  ],
  [
    "where a commit has an author whom GitHub does not know",
    { ...request, ...pull({ commits: [commit({ role: "author", name: "x", email: "x@laptop" })] }) },
    "GitHub knows no account of the author",
  ],
  ["where GitHub does not list all commits", { ...request, pull: uncounted }, "does not list all commits"],
  ["where the author's account is gone", { ...request, pull: orphaned }, "does not tell who opened"],
  ["by somebody outside the team", { ...request, by: other }, "only members of @acme/oncall may override"],
  ["by one who left the team", { ...request, teams: new Map([["@acme/oncall", team()]]) }, "only members of"],
  [
    "where the team is gone",
    { ...request, teams: new Map([["@acme/oncall", { kind: "missing" }]]) },
    "GitHub knows no @acme/oncall",
  ],
  [
    "where GitHub does not tell who is in the team",
    { ...request, teams: new Map([["@acme/oncall", { kind: "unread", why: "no permission" }]]) },
    "who belongs to @acme/oncall is not known: no permission",
  ],
  ["where nobody asked for the team", { ...request, teams: new Map() }, "it was not asked"],
  ["by a bot", { ...request, by: robot, teams: new Map([["@acme/oncall", team(robot)]]) }, "only a person"],
  ["by a bot that counts as a user", { ...request, by: { ...robot, type: "User" } }, "only a person"],
  ["without a reason", { ...request, reason: "" }, "expected a reason"],
  ["with a reason that says nothing", { ...request, reason: "  broken   " }, "expected a reason"],
  ["of a closed pull request", { ...request, ...pull({ open: false }) }, "is closed"],
  ["before anything was judged", { ...bare, rule: request.rule! }, "was not judged yet"],
  ["of a head that was not judged", { ...request, ...check({ head: OTHER }) }, "aaaaaaaaaaaa was not judged yet"],
  [
    "of a pull request into a branch that is not gated",
    { ...request, pull: { ...request.pull, gated: false } },
    "the branch main is not gated",
  ],
  ["after a retarget that was not judged", { ...request, ...check({ baseRef: "release" }) }, "was not judged yet"],
  [
    "of a head that came after the comment",
    { ...request, ...check({ since: "2027-01-15T12:00:01.500Z" }) },
    "came after the comment",
  ],
  ["while it is being judged", { ...request, check: running }, "still in progress"],
  ["of a check that has passed", { ...request, ...check({ conclusion: "success" }) }, "nothing to override"],
  [
    "a second time",
    { ...request, ...check({ conclusion: "success" }), active: "2027-01-15T12:30:00Z" },
    "in force already, until",
  ],
  ["by an old comment that is delivered again", { ...request, now: "2027-01-15T13:00:00Z" }, "older than 60 minutes"],
  ["by a comment without a time", { ...request, asked: "" }, "older than 60 minutes"],
])("an override is refused %s", (_, asked, why) => {
  expect(decideOverride(asked)).toEqual({ kind: "refused", why: expect.stringContaining(why) });
});

test.each<[string, Parameters<typeof hasFollowUp>[0], boolean]>([
  ["nothing", [], false],
  ["a word", [{ by: oncall, body: "done" }], false],
  ["what happened", [{ by: oncall, body: "The disk was full; an alert now tells of it." }], true],
  ["a bot", [{ by: robot, body: "This issue is stale and is closed now." }], false],
  ["an account that is gone", [{ body: "The disk was full; an alert now tells of it." }], false],
  ["a command", [{ by: oncall, body: "/portcullis override again and again" }], false],
])("a follow-up is written by %s: %s", (_, comments, expected) => {
  expect(hasFollowUp(comments)).toBe(expected);
});
