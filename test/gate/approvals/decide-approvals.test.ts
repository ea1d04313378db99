import { expect, test } from "@jest/globals";
import {
  countingReviewers,
  decideApprovals,
  isApproved,
  type Permission,
  type Review,
  type Reviewed,
  type Team,
} from "../../../src/gate/approvals/decide-approvals.ts";
import { coAuthorsIn, type Account, type Contributor } from "../../../src/gate/approvals/people.ts";

const [HEAD, OLD] = ["a".repeat(40), "b".repeat(40)];

let ids = 0;
const account = (login: string, type = "User"): Account => ({ id: ++ids, login, type });
const author = account("author");
const alice = account("alice");
const bob = account("bob");
const carol = account("carol");
const robot = account("robot[bot]", "Bot");
const webFlow = account("web-flow");

const by = (role: Contributor["role"], who: Account, email = `${who.login}@example.com`): Contributor => ({
  role,
  name: who.login,
  email,
  account: who,
});
const commit = (...contributors: readonly Contributor[]) => ({ sha: "c".repeat(40), contributors });
const ownCommit = commit(by("author", author), by("committer", author));
const AT = "2026-03-01T10:00:00Z";
const review = (who: Account, state: Review["state"], of = HEAD): Review => ({ by: who, state, commit: of, at: AT });
const approval = (who: Account, of = HEAD): Review => review(who, "approved", of);
const team = (...members: readonly Account[]): Team => ({
  kind: "team",
  members: new Set(members.map(({ id }) => id)),
});

/** By default @alice may write, and is the one member of @acme/security. */
interface Case {
  readonly owners?: readonly string[];
  readonly reviewed?: Partial<Reviewed>;
  readonly reviews?: readonly Review[];
  readonly permissions?: readonly (readonly [Account, Permission])[];
  readonly teams?: { readonly [name: string]: Team };
  readonly missing?: readonly string[];
}

function decide({ owners = ["@acme/security"], reviewed, reviews = [], permissions, teams, missing }: Case) {
  return decideApprovals(
    [{ what: "lowers main from deny to warn", key: "levels/main", path: "portcullis.yaml", line: 7, owners }],
    { head: HEAD, author, commits: [ownCommit], reviews, ...reviewed },
    {
      permissions: new Map((permissions ?? [[alice, "write"]]).map(([{ id }, permission]) => [id, permission])),
      teams: new Map(Object.entries(teams ?? { "@acme/security": team(alice) })),
      missing: new Set(missing ?? []),
    },
  );
}

test.each<[string, Case]>([
  ["a member of the team who owns it approved the head", { reviews: [approval(alice)] }],
  ["the person who owns it approved", { owners: ["@alice"], reviews: [approval(alice)] }],
  ["an owner is written in other case", { owners: ["@Alice"], reviews: [approval(alice)] }],
  ["one of several owners approved", { owners: ["@bob", "@acme/security"], reviews: [approval(alice)] }],
  [
    "one owner approved and another person requested changes",
    { reviews: [approval(alice), review(carol, "changes requested")] },
  ],
  [
    "an owner requested changes and then approved",
    { reviews: [review(alice, "changes requested", OLD), approval(alice)] },
  ],
  ["an owner approved and then commented", { reviews: [approval(alice), review(alice, "commented")] }],
  [
    "an old approval was dismissed, and given again for the head",
    { reviews: [review(alice, "dismissed", OLD), approval(alice)] },
  ],
  ["an old approval was repeated after a force push", { reviews: [approval(alice, OLD), approval(alice)] }],
  [
    "the pull request got its base branch before the approval",
    { reviews: [approval(alice)], reviewed: { since: "2026-03-01T09:59:59.500Z" } },
  ],
  [
    "the commits were made in GitHub's editor by the author",
    { reviews: [approval(alice)], reviewed: { commits: [commit(by("author", author), by("committer", webFlow))] } },
  ],
  [
    "a bot opened the pull request and made its commits",
    {
      reviews: [approval(alice)],
      reviewed: { author: robot, commits: [commit(by("author", robot), by("committer", webFlow))] },
    },
  ],
  [
    "somebody else is co-author, under an address that GitHub does not know",
    {
      reviews: [approval(alice)],
      reviewed: {
        commits: [commit(by("author", author), { role: "co-author", name: "Assistant", email: "noreply@example.org" })],
      },
    },
  ],
  [
    "nobody is named, and an administrator approved",
    { owners: [], reviews: [approval(alice)], permissions: [[alice, "admin"]] },
  ],
  [
    "the only owning team is gone, and an administrator approved",
    {
      reviews: [approval(alice)],
      permissions: [[alice, "admin"]],
      teams: { "@acme/security": { kind: "missing" } },
    },
  ],
  [
    "a member of one owning team approved, and the other team is gone",
    {
      owners: ["@acme/old", "@acme/security"],
      reviews: [approval(alice)],
      teams: { "@acme/old": { kind: "missing" }, "@acme/security": team(alice) },
    },
  ],
])("it is approved where %s", (_, given) => {
  const decision = decide(given);
  expect(isApproved(decision)).toBe(true);
  expect(decision.needs[0]?.approvedBy).toEqual(["alice"]);
});

test.each<[string, Case, string]>([
  ["nobody has reviewed it", {}, ""],
  [
    "its author approved",
    { owners: ["@author"], reviews: [approval(author)], permissions: [[author, "admin"]] },
    "they opened the pull request",
  ],
  [
    "the author of one of its commits approved",
    {
      reviews: [approval(alice)],
      reviewed: { commits: [ownCommit, commit(by("author", alice), by("committer", author))] },
    },
    "they are author of cccccccccccc",
  ],
  [
    "one approved who edited it in GitHub's editor",
    { reviews: [approval(alice)], reviewed: { commits: [commit(by("author", alice), by("committer", webFlow))] } },
    "they are author of",
  ],
  [
    "one approved who committed the work of another",
    { reviews: [approval(alice)], reviewed: { commits: [commit(by("author", author), by("committer", alice))] } },
    "they are committer of",
  ],
  [
    "a co-author approved, whom an address of GitHub's names",
    {
      reviews: [approval(alice)],
      reviewed: {
        commits: [
          commit(by("author", author), {
            role: "co-author",
            name: "A.",
            email: `${alice.id}+old-name@users.noreply.github.com`,
          }),
        ],
      },
    },
    "they are co-author of",
  ],
  [
    "a co-author approved, whom an older address of GitHub's names",
    {
      reviews: [approval(alice)],
      reviewed: {
        commits: [
          commit(by("author", author), { role: "co-author", name: "A.", email: "Alice@users.noreply.github.com" }),
        ],
      },
    },
    "they are co-author of",
  ],
  [
    "a co-author approved, whose address GitHub knows",
    {
      reviews: [approval(alice)],
      reviewed: { commits: [commit(by("author", author), by("co-author", alice, "a@home.example"))] },
    },
    "they are co-author of",
  ],
  [
    "a co-author approved, whose login is the name in the trailer",
    {
      reviews: [approval(alice)],
      reviewed: {
        commits: [commit(by("author", author), { role: "co-author", name: "Alice", email: "a@home.example" })],
      },
    },
    "they are co-author of",
  ],
  [
    "GitHub knows no account of the author of a commit",
    {
      reviews: [approval(alice)],
      reviewed: { commits: [commit({ role: "author", name: "A. L.", email: "al@laptop.local" })] },
    },
    "knows no account of the author of cccccccccccc (al@laptop.local)",
  ],
  [
    "there are more commits than GitHub lists",
    { reviews: [approval(alice)], reviewed: { commits: undefined as never } },
    "does not list all",
  ],
  ["the approval was dismissed", { reviews: [review(alice, "dismissed")] }, ""],
  [
    "the owner requested changes after approving",
    { reviews: [approval(alice), review(alice, "changes requested")] },
    "",
  ],
  [
    "the owner requested changes and then only commented",
    {
      reviews: [review(alice, "changes requested"), review(alice, "commented")],
    },
    "",
  ],
  [
    "the approval is of an older head",
    { reviews: [approval(alice, OLD)] },
    `it is of ${OLD.slice(0, 12)}, and the head is ${HEAD.slice(0, 12)}`,
  ],
  [
    "the pull request got its base branch after the approval",
    { reviews: [approval(alice)], reviewed: { since: "2026-03-01T10:00:01Z" } },
    "it was given before the pull request had this base branch",
  ],
  [
    "it is not known which came first, the base branch or the approval",
    { reviews: [approval(alice)], reviewed: { since: AT } },
    "it was given before the pull request had this base branch",
  ],
  [
    "GitHub does not tell when the approval of a retargeted pull request was given",
    { reviews: [{ ...approval(alice), at: "" }], reviewed: { since: "2026-03-01T09:00:00Z" } },
    "it was given before the pull request had this base branch",
  ],
  [
    "the owner pushed to it under another's name",
    { reviews: [approval(alice)], reviewed: { pushers: [alice.id] } },
    "they pushed to the pull request",
  ],
  [
    "the owner has left the team",
    { reviews: [approval(alice)], teams: { "@acme/security": team(bob) } },
    "they own nothing of what needs an approval",
  ],
  [
    "somebody approved who is no owner",
    { reviews: [approval(bob)], permissions: [[bob, "admin"]] },
    "they own nothing of what needs an approval",
  ],
  [
    "the team has been renamed",
    { reviews: [approval(alice)], teams: { "@acme/security": { kind: "missing" } } },
    "they own nothing of what needs an approval",
  ],
  [
    "GitHub does not tell who is in the team",
    {
      reviews: [approval(alice)],
      permissions: [[alice, "admin"]],
      teams: { "@acme/security": { kind: "unread", why: "no" } },
    },
    "they own nothing of what needs an approval",
  ],
  [
    "nothing is known of the team",
    { reviews: [approval(alice)], permissions: [[alice, "admin"]], teams: {} },
    "they own nothing of what needs an approval",
  ],
  [
    "a bot approved",
    { owners: ["@robot[bot]"], reviews: [approval(robot)], permissions: [[robot, "admin"]] },
    "only a person can approve",
  ],
  [
    "an outside collaborator approved who may only read",
    { owners: ["@bob"], reviews: [approval(bob)], permissions: [[bob, "less"]] },
    "they may not write to the repository",
  ],
  [
    "GitHub does not tell what the owner may do",
    { reviews: [approval(alice)], permissions: [[alice, "unread"]] },
    "does not tell whether they may write",
  ],
  ["the permission of the owner was not asked for", { reviews: [approval(alice)], permissions: [] }, "does not tell"],
  [
    "another account has the login that an owner had, and may not write",
    { owners: ["@bob"], reviews: [approval({ ...carol, login: "bob" })], permissions: [[carol, "less"]] },
    "they may not write",
  ],
  [
    "nobody is named, and one approved who may only write",
    { owners: [], reviews: [approval(alice)] },
    "they own nothing of what needs an approval",
  ],
])("it is not approved where %s", (_, given, why) => {
  const decision = decide(given);
  expect(isApproved(decision)).toBe(false);
  if (why === "") expect(decision.uncounted).toEqual([]);
  else expect(decision.uncounted.join(" ")).toContain(why);
});

test("each need is met by its own owners", () => {
  const need = (key: string, ...owners: readonly string[]) => ({
    what: key,
    key,
    path: "portcullis.yaml",
    line: 1,
    owners,
  });
  const reviewed = { head: HEAD, author, commits: [ownCommit], reviews: [approval(alice), approval(bob)] };
  const reviewers = {
    permissions: new Map<number, Permission>([
      [alice.id, "write"],
      [bob.id, "write"],
    ]),
    teams: new Map([["@acme/network", team(bob)]]),
  };
  const needs = [need("pods", "@alice"), need("network", "@acme/network"), need("rbac", "@carol")];
  const decision = decideApprovals(needs, reviewed, reviewers);
  expect(decision.needs.map(({ approvedBy }) => approvedBy)).toEqual([["alice"], ["bob"], []]);
  expect(isApproved(decision)).toBe(false);
  expect(countingReviewers(reviewed).map(({ login }) => login)).toEqual(["alice", "bob"]);
});

test("what is not known of a team, and that it is gone, is said", () => {
  const [unread] = decide({
    teams: { "@acme/security": { kind: "unread", why: "the App may not read members" } },
  }).needs;
  expect(unread).toMatchObject({
    by: "@acme/security",
    remarks: ["Whether somebody belongs to @acme/security is not known: the App may not read members."],
  });
  const [gone] = decide({ teams: { "@acme/security": { kind: "missing" } } }).needs;
  expect(gone).toMatchObject({
    by: "an administrator of the repository",
    remarks: ["GitHub knows no @acme/security: it may have been renamed or deleted."],
  });
  const [nobody] = decide({ owners: ["@gone"], missing: ["@gone"] }).needs;
  expect(nobody?.by).toBe("an administrator of the repository");
});

test("co-authors stand in trailers of the message", () => {
  const message = `Change it

Co-authored-by: Alice L. <alice@example.com>
co-authored-by:Bob <bob@example.com>
  Co-Authored-By : Carol <carol@example.com>
Co-authored-by: nobody
Thanks to Dave <dave@example.com>
`;
  expect(coAuthorsIn(message).map(({ name, email }) => `${name} ${email}`)).toEqual([
    "Alice L. alice@example.com",
    "Bob bob@example.com",
    "Carol carol@example.com",
  ]);
});
