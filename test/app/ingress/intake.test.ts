import { expect, test } from "@jest/globals";
import type { Probot } from "probot";
import { HeldBack } from "../../../src/github/failure.ts";
import { listen } from "../../../src/app/ingress/intake.ts";
import { fakeServices, place, pullSubject, type Answers } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";

type Handler = (context: { readonly payload: unknown }) => Promise<void>;

/** What an event with its action, such as `pull_request.opened`, leads to. */
async function delivered(name: string, payload: object, answers: Answers = {}): Promise<Calls> {
  const { services, calls } = fakeServices(answers);
  const handlers = new Map<string, Handler>();
  const on = (events: string | readonly string[], handler: Handler): void => {
    for (const event of [events].flat()) handlers.set(event, handler);
  };
  listen({ on } as unknown as Probot, services);
  const whole = {
    installation: { id: 1 },
    repository: { id: 7, name: "shop", owner: { login: "acme" }, default_branch: "main" },
    ...payload,
  };
  await handlers.get(name)?.({ payload: whole });
  return calls;
}

/** Subjects that were enqueued, in a few words. */
function enqueued(calls: Calls): readonly string[] {
  return askedOf(calls, "enqueueWork").map(([subject, forced]) => {
    const { kind, number, repository, installation } = subject as unknown as {
      readonly kind: string;
      readonly number?: number;
      readonly repository: { readonly owner: string; readonly name: string };
      readonly installation: number;
    };
    const where = `${repository.owner}/${repository.name} of ${installation}`;
    return `${kind}${number === undefined ? "" : ` ${number}`} in ${where}${forced === true ? ", forced" : ""}`;
  });
}

const pull = { pull_request: { number: 3, updated_at: "2027-01-15T10:00:00Z" } };
const pull3 = "pull 3 in acme/shop of 1";
const run = (over: object = {}): object => ({
  check_run: { app: { id: 99 }, name: "portcullis", head_sha: "head", external_id: "pull/3 head/h", ...over },
});
const suite = (app: number): object => ({
  check_suite: { app: { id: app }, head_sha: "head", pull_requests: [{ number: 3 }, { number: 5 }] },
});
const comment = (body: string, over: object = {}): object => ({
  issue: { number: 3, pull_request: {} },
  comment: { id: 21, body, user: { login: "ann" } },
  ...over,
});
const heads: Answers = {
  store: {
    findHeadsByCommit: async () => [
      { work: "pull:7:3", pull: 3, head: "head" },
      { work: "pull:7:4", pull: 4, head: "head" },
      { work: "group:7:head", head: "head" },
      { work: "group:7:gone", head: "head" },
    ],
    findSubject: async (key) =>
      key === "group:7:head"
        ? {
            kind: "group",
            installation: 1,
            repository: pullSubject.repository,
            head: "head",
            base: "b",
            baseRef: "main",
          }
        : undefined,
  },
};
const writer: Answers = { github: { mayWrite: async () => true } };
const openPulls: Answers = {
  github: {
    readOpenPullRequests: async () => [
      { number: 3, head: "a", baseRef: "main" },
      { number: 4, head: "b", baseRef: "main" },
    ],
  },
};

test.each<[string, string, object, Answers, readonly string[]]>([
  ["opened", "pull_request.opened", pull, {}, [pull3]],
  ["pushed to", "pull_request.synchronize", pull, {}, [pull3]],
  ["closed", "pull_request.closed", pull, {}, [pull3]],
  ["ready", "pull_request.ready_for_review", pull, {}, [pull3]],
  ["reopened", "pull_request.reopened", pull, {}, [pull3]],
  ["retargeted", "pull_request.edited", { ...pull, changes: { base: {} } }, {}, [pull3]],
  ["given another title", "pull_request.edited", { ...pull, changes: { title: {} } }, {}, []],
  ["edited without a word of what", "pull_request.edited", pull, {}, []],
  ["of another's App", "pull_request.opened", { ...pull, installation: undefined }, {}, []],
  [
    "of a repository without an owner",
    "pull_request.opened",
    { ...pull, repository: { id: 7, name: "shop", owner: null } },
    {},
    [],
  ],
  ["of no repository", "pull_request.opened", { ...pull, repository: undefined }, {}, []],
  [
    "a check to re-run",
    "check_run.rerequested",
    run(),
    { store: { findHeadsByCommit: async () => [] } },
    [`${pull3}, forced`],
  ],
  [
    "a check to re-run without a pull request",
    "check_run.rerequested",
    run({ external_id: "group head/h" }),
    { store: { findHeadsByCommit: async () => [] } },
    [],
  ],
  [
    "a check to re-run whose head others share",
    "check_run.rerequested",
    run(),
    heads,
    ["group in acme/shop of 1, forced", `${pull3}, forced`, "pull 4 in acme/shop of 1, forced"],
  ],
  ["a check of another App", "check_run.rerequested", run({ app: { id: 1 } }), heads, []],
  [
    "a suite to re-run",
    "check_suite.rerequested",
    suite(99),
    { store: { findHeadsByCommit: async () => [] } },
    [`${pull3}, forced`, "pull 5 in acme/shop of 1, forced"],
  ],
  ["a suite of another App", "check_suite.rerequested", suite(1), heads, []],
  [
    "a merge group",
    "merge_group.checks_requested",
    { merge_group: { head_sha: "h", base_sha: "b", base_ref: "refs/heads/main" } },
    {},
    ["group in acme/shop of 1"],
  ],
  ["a push to the default branch", "push", { ref: "refs/heads/main", deleted: false }, {}, ["rules in acme/shop of 1"]],
  ["a push to another branch", "push", { ref: "refs/heads/work", deleted: false }, {}, []],
  ["a default branch that is deleted", "push", { ref: "refs/heads/main", deleted: true }, {}, []],
  ["a comment that asks", "issue_comment.created", comment("/portcullis recheck"), writer, [`${pull3}, forced`]],
  [
    "a comment that asks, with spaces around",
    "issue_comment.created",
    comment("  /portcullis  recheck \n"),
    writer,
    [`${pull3}, forced`],
  ],
  ["a comment that asks for more", "issue_comment.created", comment("/portcullis recheck please"), writer, []],
  ["a comment that quotes", "issue_comment.created", comment("> /portcullis recheck"), writer, []],
  [
    "a comment on an issue",
    "issue_comment.created",
    comment("/portcullis recheck", { issue: { number: 3 } }),
    writer,
    [],
  ],
  [
    "a comment of somebody who may not write",
    "issue_comment.created",
    comment("/portcullis recheck"),
    { github: { mayWrite: async () => false } },
    [],
  ],
  [
    "a comment of another's App",
    "issue_comment.created",
    comment("/portcullis recheck", { installation: undefined }),
    writer,
    [],
  ],
  [
    "a pipeline that asks for one",
    "repository_dispatch",
    { action: "portcullis-recheck", client_payload: { pull_request: 3 } },
    openPulls,
    [`${pull3}, forced`],
  ],
  [
    "a pipeline that asks for all",
    "repository_dispatch",
    { action: "portcullis-recheck" },
    openPulls,
    [`${pull3}, forced`, "pull 4 in acme/shop of 1, forced"],
  ],
  ["a pipeline that asks for something else", "repository_dispatch", { action: "deploy" }, openPulls, []],
  [
    "a pipeline of another's App",
    "repository_dispatch",
    { action: "portcullis-recheck", installation: undefined },
    openPulls,
    [],
  ],
  [
    "an installation",
    "installation.created",
    { repositories: [{ id: 7, full_name: "acme/shop" }, { id: 8, full_name: "nameless" }, { full_name: "acme/x" }] },
    {},
    ["rules in acme/shop of 1"],
  ],
  ["an installation without a list", "installation.unsuspend", {}, {}, []],
  [
    "an installation with new permissions",
    "installation.new_permissions_accepted",
    { repositories: [{ id: 7, full_name: "acme/shop" }] },
    {},
    ["rules in acme/shop of 1"],
  ],
  [
    "repositories that are added",
    "installation_repositories.added",
    { repositories_added: [{ id: 7, full_name: "acme/shop" }] },
    {},
    ["rules in acme/shop of 1"],
  ],
])("%s: what is enqueued", async (_, name, payload, answers, expected) => {
  expect(enqueued(await delivered(name, payload, answers)).toSorted()).toEqual(expected.toSorted());
});

test("a merge group is enqueued with its commits and its branch", async () => {
  const payload = { merge_group: { head_sha: "h", base_sha: "b", base_ref: "refs/heads/release" } };
  const [[subject] = []] = askedOf(await delivered("merge_group.checks_requested", payload), "enqueueWork");
  expect(subject).toEqual({
    kind: "group",
    installation: 1,
    repository: pullSubject.repository,
    head: "h",
    base: "b",
    baseRef: "release",
  });
});

test("who may write is asked of GitHub for the author of the comment", async () => {
  const calls = await delivered("issue_comment.created", comment("/portcullis recheck"), writer);
  expect(askedOf(calls, "mayWrite")).toEqual([[place, "ann"]]);
  const deleted = comment("/portcullis recheck", { comment: { id: 21, body: "/portcullis recheck", user: null } });
  expect(askedOf(await delivered("issue_comment.created", deleted, writer), "mayWrite")).toEqual([]);
});

test.each<[string, object, readonly unknown[]]>([
  ["installation.deleted", { repositories: [{ id: 7 }, { id: 8 }] }, [[7, 8]]],
  ["installation.deleted", {}, [[]]],
  ["installation_repositories.removed", { repositories_removed: [{ id: 7 }, {}] }, [[7]]],
])("%s: what is known of its repositories is deleted", async (name, payload, expected) => {
  expect(askedOf(await delivered(name, payload), "deleteRepositories")).toEqual([expected]);
});

test.each([
  ["a pull request", "pull_request.synchronize", pull, { updatedAt: "2027-01-15T10:00:00Z" }],
  ["a push", "push", { ref: "refs/heads/main", deleted: false, after: "pushed" }, { after: "pushed" }],
])("the worker is told how new the state is that a webhook about %s announced", async (_, event, payload, expected) => {
  expect(askedOf(await delivered(event, payload), "enqueueWork")).toMatchObject([[expected, false]]);
});

const bot = { comment: { id: 21, body: "/portcullis recheck", user: { login: "renovate[bot]", type: "Bot" } } };
test.each<[string, object, boolean, string | undefined]>([
  ["a command", comment("/portcullis recheck"), true, "+1"],
  ["a command of somebody who may not write", comment("/portcullis recheck"), false, "-1"],
  ["a command of a bot", comment("", bot), true, "-1"],
  ["a command that does not exist", comment("/portcullis rechek"), true, "confused"],
  ["a command with too many words", comment("/portcullis recheck please"), true, "confused"],
  ["no command", comment("/Portcullis"), true, "confused"],
  ["a quoted command", comment("> /portcullis recheck"), true, undefined],
  ["the command of another App", comment("/portcullis-bot recheck"), true, undefined],
  ["a command on an issue", comment("/portcullis recheck", { issue: { number: 3 } }), true, undefined],
])("%s is answered", async (_, payload, mayWrite, reaction) => {
  const calls = await delivered("issue_comment.created", payload, { github: { mayWrite: async () => mayWrite } });
  expect(askedOf(calls, "react")).toEqual(reaction === undefined ? [] : [[place, 21, reaction]]);
});

test("a bot's command asks GitHub for no permission and enqueues nothing", async () => {
  const calls = await delivered("issue_comment.created", comment("", bot), writer);
  expect(askedOf(calls, "mayWrite")).toEqual([]);
  expect(enqueued(calls)).toEqual([]);
});

test("an answer that GitHub refuses does not repeat the command; a bug is thrown on", async () => {
  const refusing = { ...writer.github, react: async () => Promise.reject(new HeldBack(60)) };
  const calls = await delivered("issue_comment.created", comment("/portcullis recheck"), { github: refusing });
  expect(enqueued(calls)).toEqual([`${pull3}, forced`]);
  const broken = { ...writer.github, react: async () => Promise.reject(new Error("a bug")) };
  await expect(delivered("issue_comment.created", comment("/portcullis recheck"), { github: broken })).rejects.toThrow(
    "a bug",
  );
});
