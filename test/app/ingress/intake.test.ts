import { expect, test } from "@jest/globals";
import type { Probot } from "probot";
import type { Services } from "../../../src/app/services.ts";
import { listen } from "../../../src/app/ingress/intake.ts";
import { fakeServices, pullSubject, type Answers } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";

const repository = { id: 7, name: "shop", owner: { login: "acme" }, default_branch: "main" };

type Handler = (context: { readonly payload: unknown }) => Promise<void>;

/** What an event with its action, such as `pull_request.opened`, leads to. */
async function delivered(
  name: string,
  payload: object,
  answers: Answers = {},
  over: Partial<Services> = {},
): Promise<Calls> {
  const { services, calls } = fakeServices(answers);
  const handlers = new Map<string, Handler>();
  const on = (events: string | readonly string[], handler: Handler): void => {
    for (const event of [events].flat()) handlers.set(event, handler);
  };
  listen({ on } as unknown as Probot, { ...services, ...over });
  const whole = {
    installation: { id: 1 },
    repository,
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

const pull = {
  pull_request: { number: 3, updated_at: "2027-01-15T10:00:00Z", head: { sha: "pushed" }, base: { ref: "main" } },
  before: "earlier",
};
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
const nothingWaits: NonNullable<Answers["store"]> = { listEnrolledRepositories: async () => [] };
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
  ["a comment that asks", "issue_comment.created", comment("/portcullis recheck"), {}, ["command 3 in acme/shop of 1"]],
  [
    "a comment that asks, with spaces around",
    "issue_comment.created",
    comment("  /portcullis  recheck \n"),
    {},
    ["command 3 in acme/shop of 1"],
  ],
  ["a comment that quotes", "issue_comment.created", comment("> /portcullis recheck"), {}, []],
  ["a comment on an issue", "issue_comment.created", comment("/portcullis recheck", { issue: { number: 3 } }), {}, []],
  [
    "a comment of another's App",
    "issue_comment.created",
    comment("/portcullis recheck", { installation: undefined }),
    {},
    [],
  ],
  [
    "a pipeline that asks for one",
    "repository_dispatch",
    { action: "portcullis-recheck", client_payload: { pull_request: 3 } },
    {},
    [`${pull3}, forced`],
  ],
  [
    "a pipeline that asks for all",
    "repository_dispatch",
    { action: "portcullis-recheck" },
    {},
    ["rules in acme/shop of 1, forced"],
  ],
  ["a pipeline that asks for something else", "repository_dispatch", { action: "deploy" }, {}, []],
  [
    "a pipeline of another's App",
    "repository_dispatch",
    { action: "portcullis-recheck", installation: undefined },
    {},
    [],
  ],
  [
    "an installation",
    "installation.created",
    { repositories: [{ id: 7, full_name: "acme/shop" }, { id: 8, full_name: "nameless" }, { full_name: "acme/x" }] },
    { store: nothingWaits },
    ["rules in acme/shop of 1"],
  ],
  ["an installation without a list", "installation.unsuspend", {}, { store: nothingWaits }, []],
  [
    "an installation with new permissions",
    "installation.new_permissions_accepted",
    { repositories: [{ id: 7, full_name: "acme/shop" }] },
    { store: nothingWaits },
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

test.each<[string, object, string, readonly unknown[]]>([
  ["installation.deleted", {}, "deleteInstallation", [1]],
  ["installation_repositories.removed", { repositories_removed: [{ id: 7 }, {}] }, "deleteRepositories", [1, [7]]],
  ["repository.deleted", {}, "deleteRepositories", [1, [7]]],
])("%s: what is known of its repositories is deleted", async (name, payload, query, expected) => {
  expect(askedOf(await delivered(name, payload), query)).toEqual([expected]);
});

const suspended = { kind: "installation", installation: 1 };
const repository7 = { kind: "repository", installation: 1, repository: 7 };
test.each<[string, object, object]>([
  ["installation.suspend", suspended, { reason: "suspended" }],
  ["repository.archived", repository7, { reason: "archived" }],
])("%s is stored at once", async (name, scope, why) => {
  const calls = await delivered(name, {}, { store: { recordUnavailable: async () => ({ began: true, seconds: 60 }) } });
  expect(askedOf(calls, "recordUnavailable")).toMatchObject([[scope, why]]);
});

test("what lacked a permission is tried once it is granted", async () => {
  const calls = await delivered("installation.new_permissions_accepted", {}, { store: nothingWaits });
  expect(askedOf(calls, "wakeWork")).toEqual([[suspended]]);
  expect(askedOf(calls, "wake")).toEqual([[]]);
});

test.each<[string, object, object]>([
  ["installation.unsuspend", {}, suspended],
  ["installation.new_permissions_accepted", {}, suspended],
  ["installation.created", {}, suspended],
  ["installation_repositories.added", { repositories_added: [{ id: 7, full_name: "acme/shop" }] }, repository7],
  ["repository.unarchived", {}, repository7],
  ["repository.renamed", {}, repository7],
  ["repository.transferred", {}, repository7],
])("%s ends what was stored, and old tokens are not used any more", async (name, payload, scope) => {
  const calls = await delivered(name, payload, { store: nothingWaits });
  expect(askedOf(calls, "deleteUnavailable")).toEqual([[scope]]);
  expect(calls.some(([asked]) => asked === "forget" || asked === "forgetInstallation")).toBe(true);
});

const announced = { updatedAt: "2027-01-15T10:00:00Z", head: "pushed", replaced: "earlier", baseRef: "main" };

test.each([
  ["a pull request", "pull_request.synchronize", pull, announced],
  ["a push", "push", { ref: "refs/heads/main", deleted: false, after: "pushed" }, { after: "pushed" }],
  [
    "a push, with its time",
    "push",
    {
      ref: "refs/heads/main",
      deleted: false,
      after: "pushed",
      repository: { ...repository, pushed_at: 1_800_000_000 },
    },
    { after: "pushed", updatedAt: "2027-01-15T08:00:00.000Z" },
  ],
])("the worker is told how new the state is that a webhook about %s announced", async (_, event, payload, expected) => {
  expect(askedOf(await delivered(event, payload), "enqueueWork")).toMatchObject([[expected, false, true]]);
});

const bot = { comment: { id: 21, body: "/portcullis recheck", user: { login: "renovate[bot]", type: "Bot" } } };
const deleted = { comment: { id: 21, body: "/portcullis recheck", user: null } };
test.each<[string, object, { readonly command: string; readonly by?: string } | undefined]>([
  ["a command", comment("/portcullis recheck"), { command: "recheck", by: "ann" }],
  ["a command of a bot", comment("", bot), { command: "recheck" }],
  ["a command of a deleted account", comment("", deleted), { command: "recheck" }],
  ["a command that does not exist", comment("/portcullis rechek"), { command: "unknown", by: "ann" }],
  ["a command with too many words", comment("/portcullis recheck please"), { command: "unknown", by: "ann" }],
  ["no command", comment("/Portcullis"), { command: "unknown", by: "ann" }],
  ["a quoted command", comment("> /portcullis recheck"), undefined],
  ["the command of another App", comment("/portcullis-bot recheck"), undefined],
  ["a command on an issue", comment("/portcullis recheck", { issue: { number: 3 } }), undefined],
])("%s becomes work with its author, who is looked up later", async (_, payload, expected) => {
  const calls = await delivered("issue_comment.created", payload);
  const subject = { kind: "command", installation: 1, repository: pullSubject.repository, number: 3, comment: 21 };
  expect(askedOf(calls, "enqueueWork")).toEqual(
    expected === undefined ? [] : [[{ ...subject, ...expected }, false, true]],
  );
});

test.each([
  ["pull_request.opened", pull],
  ["check_suite.rerequested", suite(99)],
  ["issue_comment.created", comment("/portcullis recheck")],
  ["repository_dispatch", { action: "portcullis-recheck" }],
  ["installation.created", { repositories: [{ id: 7, full_name: "acme/shop" }] }],
])("handling %s asks GitHub for nothing", async (event, payload) => {
  const refuse = (): never => {
    throw new Error("GitHub was asked");
  };
  const clients = {
    access: refuse,
    readToken: refuse,
    forgetInstallation: () => undefined,
  } as unknown as Services["clients"];
  await expect(
    delivered(event, payload, { store: { ...heads.store, ...nothingWaits } }, { clients }),
  ).resolves.toBeDefined();
});
