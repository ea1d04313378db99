import { expect, test } from "@jest/globals";
import { chooseTrees, fetchTarget, type TreesChoice, type TreesRequest } from "../../../src/app/mirror/choose-trees.ts";
import type { FetchOutcome, Mirror } from "../../../src/app/mirror/mirror.ts";
import type { Target } from "../../../src/app/target.ts";
import { pullRequest, pullTarget } from "../../support/fakes/app.ts";
import { askedOf, fake, type Calls } from "../../support/fakes/fake.ts";

const remote = { url: "https://github.example/acme/shop.git", token: "t" };
const { signal } = new AbortController();

interface Commits {
  /** Ids of parents by id of the commit. */
  readonly [name: string]: { readonly id: string; readonly parents: readonly string[] } | undefined;
}

const usual: Commits = {
  head: { id: "head", parents: ["old"] },
  base: { id: "base", parents: ["old"] },
  trusted: { id: "tip", parents: [] },
  merge: { id: "merge", parents: ["base", "head"] },
};

interface Asked {
  readonly commits?: Commits;
  readonly target?: Target;
  readonly gated?: boolean;
  readonly age?: number;
  readonly mergeBase?: string;
  readonly fetch?: FetchOutcome;
}

async function choice(asked: Asked): Promise<{ readonly chosen: TreesChoice; readonly calls: Calls }> {
  const calls: Calls = [];
  const commits = { ...usual, ...asked.commits };
  const mirror = fake<Mirror>(
    {
      commit: async (_, name) => {
        const commit = commits[name];
        return commit === undefined ? undefined : { ...commit, tree: `tree of ${commit.id}` };
      },
      fetch: async () => asked.fetch ?? { kind: "fetched" },
    },
    calls,
  );
  const chosen = await chooseTrees({
    github: fake<TreesRequest["github"]>({ readMergeBase: async () => asked.mergeBase ?? "fork" }, calls),
    mirror,
    remote,
    job: "job",
    signal,
    target: asked.target ?? pullTarget(),
    gated: asked.gated ?? true,
    age: asked.age ?? 0,
  });
  return { chosen, calls };
}

const trees = (after: string, before: string, how: string): TreesChoice => ({
  kind: "trees",
  trees: { after, before, how },
  tree: `tree of ${after}`,
});
const late = 60_000;
const withoutMerge = "head against merge base, as GitHub has created no test merge";
const conflict = "head against merge base, in conflict";
const group: Target = { repository: pullRequest().repository, head: "head", baseRef: "main", base: "base" };

test.each<[string, Asked, TreesChoice]>([
  ["GitHub's test merge of this head onto the tip of the base", {}, trees("merge", "base", "test merge")],
  [
    "nothing yet, where the test merge is of an older head",
    { commits: { merge: { id: "merge", parents: ["base", "older"] } } },
    { kind: "wait" },
  ],
  [
    "the head, where the test merge stays that of an older head",
    { commits: { merge: { id: "merge", parents: ["base", "older"] } }, age: late },
    trees("head", "fork", withoutMerge),
  ],
  [
    "nothing yet, where the head is the first parent and the base the second",
    { commits: { merge: { id: "merge", parents: ["head", "base"] } } },
    { kind: "wait" },
  ],
  [
    "nothing yet, where the test merge is not onto the tip of the base",
    { commits: { merge: { id: "merge", parents: ["older base", "head"] } }, age: 4_999 },
    { kind: "wait" },
  ],
  [
    "a test merge onto an older commit of the base, after a while",
    { commits: { merge: { id: "merge", parents: ["older base", "head"] } }, age: 5_000, mergeBase: "older base" },
    trees("merge", "older base", "test merge, on an older base"),
  ],
  [
    "nothing yet, where the test merge is onto a commit of another branch",
    { commits: { merge: { id: "merge", parents: ["of another branch", "head"] } }, age: 5_000, mergeBase: "fork" },
    { kind: "wait" },
  ],
  [
    "the head, where the test merge stays on a commit of another branch",
    { commits: { merge: { id: "merge", parents: ["of another branch", "head"] } }, age: late, mergeBase: "fork" },
    trees("head", "fork", withoutMerge),
  ],
  ["nothing yet, where there is no test merge", { commits: { merge: undefined }, age: late - 1 }, { kind: "wait" }],
  [
    "the head, where no test merge comes",
    { commits: { merge: undefined }, age: late },
    trees("head", "fork", withoutMerge),
  ],
  [
    "nothing yet, where the test merge has no parents",
    { commits: { merge: { id: "merge", parents: [] } } },
    { kind: "wait" },
  ],
  [
    "the head against the merge base, where they are in conflict",
    { target: pullTarget({ mergeable: false }) },
    trees("head", "fork", conflict),
  ],
  [
    "the test merge, where GitHub has not found out whether there is a conflict",
    { target: pullTarget({ mergeable: null }) },
    trees("merge", "base", "test merge"),
  ],
  [
    "the head against the default branch, where the base is not gated",
    { target: pullTarget({ baseRef: "work" }), gated: false },
    trees("head", "fork", "head against main"),
  ],
  [
    "the test merge, where the base is gated besides the default branch",
    { target: pullTarget({ baseRef: "release" }) },
    trees("merge", "base", "test merge"),
  ],
  [
    "a merge group into a branch that is not gated, as a pull request, against the default branch",
    { target: { ...group, baseRef: "mine" }, gated: false },
    trees("head", "fork", "head against main"),
  ],
  ["a merge group against its base", { target: group }, trees("head", "base", "merge group")],
  ["no merge group that is not there", { target: group, commits: { head: undefined } }, { kind: "missing" }],
  ["no merge group whose base is not there", { target: group, commits: { base: undefined } }, { kind: "missing" }],
  [
    "no head whose merge base is not there",
    { target: pullTarget({ mergeable: false }), fetch: { kind: "missing" } },
    { kind: "missing" },
  ],
  [
    "no head whose merge base cannot be fetched",
    { target: pullTarget({ mergeable: false }), fetch: { kind: "failed", reason: "no route" } },
    { kind: "failed", reason: "no route" },
  ],
  [
    "no head that is not there",
    { target: pullTarget({ mergeable: false }), commits: { head: undefined } },
    { kind: "missing" },
  ],
])("what is judged is %s", async (_, asked, expected) => {
  expect((await choice(asked)).chosen).toEqual(expected);
});

test.each<[string, Asked, readonly unknown[] | undefined, string]>([
  [
    "is known where the head stands on the tip of the base",
    { target: pullTarget({ mergeable: false }), commits: { head: { id: "head", parents: ["base"] } } },
    undefined,
    "base",
  ],
  [
    "is the head where it is the tip of the base",
    { target: pullTarget({ mergeable: false }), commits: { base: { id: "head", parents: [] } } },
    undefined,
    "head",
  ],
  [
    "is asked of GitHub where the head is a merge",
    { target: pullTarget({ mergeable: false }), commits: { head: { id: "head", parents: ["base", "other"] } } },
    ["base", "head"],
    "fork",
  ],
  ["is asked of GitHub otherwise", { target: pullTarget({ mergeable: false }) }, ["base", "head"], "fork"],
  [
    "is that with the default branch where the base is not gated",
    { target: pullTarget({ baseRef: "work" }), gated: false },
    ["tip", "head"],
    "fork",
  ],
])("a merge base %s, and is fetched", async (_, asked, question, base) => {
  const { calls } = await choice(asked);
  const place = { owner: "acme", repo: "shop" };
  expect(askedOf(calls, "readMergeBase")).toEqual(question === undefined ? [] : [[place, ...question]]);
  expect(askedOf(calls, "fetch")).toEqual([[remote, "job", { before: base }, signal]]);
});

test("a base that was fetched and is not in the mirror is a bug", async () => {
  await expect(choice({ commits: { base: undefined } })).rejects.toThrow("base is not in the mirror");
});

const pullSources = { head: "refs/pull/3/head", trusted: "refs/heads/main", base: "refs/heads/work" };
const withMerge = { ...pullSources, merge: "refs/pull/3/merge" };

test.each<[string, Target, readonly FetchOutcome["kind"][], readonly object[]]>([
  ["the test merge of a pull request with it", pullTarget({ baseRef: "work" }), ["fetched"], [withMerge]],
  [
    "a pull request without its test merge, where there is none",
    pullTarget({ baseRef: "work" }),
    ["missing", "fetched"],
    [withMerge, pullSources],
  ],
  [
    "a pull request in conflict without its old test merge",
    pullTarget({ baseRef: "work", mergeable: false }),
    ["fetched"],
    [pullSources],
  ],
  ["nothing again, where the way there failed", pullTarget({ baseRef: "work" }), ["failed"], [withMerge]],
  ["a merge group by its commits", group, ["fetched"], [{ head: "head", trusted: "refs/heads/main", base: "base" }]],
  [
    "a merge group without a base against the default branch",
    { repository: group.repository, head: "head", baseRef: "main" },
    ["fetched"],
    [{ head: "head", trusted: "refs/heads/main", base: "refs/heads/main" }],
  ],
])("a job fetches %s", async (_, target, kinds, sources) => {
  const calls: Calls = [];
  const outcomes = kinds.map((kind): FetchOutcome => (kind === "failed" ? { kind, reason: "no" } : { kind }));
  const left = [...outcomes];
  const mirror = fake<Mirror>(
    { fetch: async () => left.shift() ?? { kind: "failed", reason: "asked too often" } },
    calls,
  );
  expect(await fetchTarget(mirror, remote, "job", target, signal)).toEqual(outcomes.at(-1));
  expect(askedOf(calls, "fetch")).toEqual(sources.map((one) => [remote, "job", one, signal]));
});
