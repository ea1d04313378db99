import { expect, test } from "@jest/globals";
import { postComments } from "../../../src/app/publish/comments.ts";
import type { LineMap } from "../../../src/app/mirror/hunks.ts";
import type { FetchOutcome } from "../../../src/app/mirror/mirror.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { finding, report } from "../../report/sample-reports.ts";
import { fakeServices, place, pullRequest } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";
import { httpError, limited, rejectWith } from "../../support/fakes/github-errors.ts";

const remote = { url: "https://github.example/acme/shop.git", token: "t" };
const { signal } = new AbortController();
const path = "apps/web/deployment.yaml";
/** Lines 5 to 14 of the file. */
const shown = `--- ${path}\n+++ ${path}\n@@ -5,10 +5,10 @@\n${" a\n".repeat(10)}`;

const at = (line: number, more: Partial<Finding> = {}): Finding =>
  finding({ location: { path, line, precision: "value" }, fingerprint: `f${line}`, ...more });

interface Asked {
  readonly findings?: readonly Finding[];
  /** Fingerprints that were claimed for this head before. */
  readonly claims?: readonly string[];
  /** Bodies of comments that are on the pull request. */
  readonly bodies?: readonly string[];
  /** Fingerprints that were posted on other heads. */
  readonly posted?: readonly string[];
  readonly lines?: LineMap;
  readonly parents?: readonly string[] | undefined;
  readonly fetch?: FetchOutcome;
  readonly refused?: Error;
}

async function post(asked: Asked): Promise<Calls> {
  const { services, github, mirror, calls } = fakeServices({
    store: {
      findClaims: async () => new Set(asked.claims ?? []),
      claimUnposted: async (_, fingerprints) =>
        new Set(fingerprints.filter((one) => asked.posted?.includes(one) !== true)),
    },
    github: {
      readReviewComments: async () => asked.bodies ?? [],
      readMergeBase: async () => "fork",
      ...(asked.refused === undefined ? {} : { createReview: rejectWith(asked.refused) }),
    },
    mirror: {
      commit: async (_, name) => {
        if ("parents" in asked && asked.parents === undefined) return undefined;
        return { id: name, tree: "t", parents: name === "head" ? (asked.parents ?? ["base"]) : [] };
      },
      read: async () => shown,
      fetch: async () => asked.fetch ?? { kind: "fetched" },
    },
  });
  await postComments(services, {
    github,
    mirror,
    remote,
    job: "job",
    signal,
    pull: pullRequest(),
    report: report({ findings: asked.findings ?? [at(10)] }),
    lines: asked.lines ?? ((_, line) => ({ line, exact: true })),
  });
  return calls;
}

const posted = (calls: Calls): readonly (readonly [string, number])[] =>
  askedOf(calls, "createReview").flatMap(([, review]) =>
    (review as { comments: readonly { path: string; line: number }[] }).comments.map(
      (one): readonly [string, number] => [one.path, one.line],
    ),
  );

test.each<[string, Asked, readonly number[]]>([
  ["an introduced finding on a line that the diff shows", {}, [10]],
  ["one that warns", { findings: [at(10, { level: "warn" })] }, [10]],
  ["not one that only informs", { findings: [at(10, { level: "info" })] }, []],
  ["not one that was there before", { findings: [at(10, { status: "existing" })] }, []],
  ["not one that is fixed", { findings: [at(10, { status: "fixed" })] }, []],
  ["not what the change does to the rules", { findings: [at(10, { policy: "portcullis/rules" })] }, []],
  ["the first and the last line that is shown", { findings: [at(4), at(5), at(14), at(15)] }, [5, 14]],
  [
    "not one of another file",
    { findings: [at(10, { location: { path: "b.yaml", line: 10, precision: "value" } })] },
    [],
  ],
  ["on the line of the head", { lines: (_, line) => ({ line: line + 2, exact: true }) }, [12]],
  ["not where the head has the line no longer", { lines: (_, line) => ({ line, exact: false }) }, []],
  ["findings of one fingerprint once", { findings: [at(10), at(11, { fingerprint: "f10" })] }, [10]],
  ["what was posted on an earlier head only there", { findings: [at(10), at(11)], posted: ["f10"] }, [11]],
  ["nothing where all was posted", { posted: ["f10"] }, []],
  ["nothing where the head is not in the mirror", { parents: undefined }, []],
  ["what the merge base leads to, where the head is not on the base", { parents: ["older"] }, [10]],
  ["what the merge base leads to, where the head is a merge", { parents: ["base", "other"] }, [10]],
  ["nothing where the merge base cannot be fetched", { parents: ["older"], fetch: { kind: "missing" } }, []],
])("comments are posted: %s", async (_, asked, lines) => {
  const calls = await post(asked);
  expect(posted(calls)).toEqual(lines.map((line) => [path, line]));
});

test("all comments are one review of the head, each with its marker", async () => {
  const calls = await post({ findings: [at(10), at(11, { level: "warn" })] });
  expect(askedOf(calls, "createReview")).toEqual([
    [
      place,
      {
        pull: 3,
        head: "head",
        body: "2 findings in this change:",
        comments: [
          { path, line: 10, body: expect.stringMatching(/^\*\*Blocks\*\*.*<!-- portcullis:f10 -->$/s) },
          { path, line: 11, body: expect.stringMatching(/^\*\*Warning\*\*.*<!-- portcullis:f11 -->$/s) },
        ],
      },
    ],
  ]);
  const [[, one] = []] = askedOf(await post({}), "createReview");
  expect((one as { body: string }).body).toBe("One finding in this change:");
});

test("a comment has what a finding has: title, message, where it lands, help and documentation", async () => {
  const { title: _t, description: _d, docs: _o, ...bare } = at(10);
  const full = at(11, { environment: "prod", docs: "https://example.com/docs" });
  const [[, review] = []] = askedOf(await post({ findings: [bare, full] }), "createReview");
  const [first = "", second = ""] = (review as { comments: readonly { body: string }[] }).comments.map(
    ({ body }) => body,
  );
  expect(first.split("\n\n")).toEqual([
    "**Blocks** · `workloads/image-tag`",
    'container "web" uses the tag "latest"',
    "<!-- portcullis:f10 -->",
  ]);
  expect(second.split("\n\n")).toEqual([
    "**Blocks** · `workloads/image-tag` Images name a version",
    'container "web" uses the tag "latest"',
    "in prod",
    "A tag that moves changes what runs without a commit. Name a version.",
    "[How to fix it](<https://example.com/docs>)",
    "<!-- portcullis:f11 -->",
  ]);
});

test("a comment stays within what GitHub takes", async () => {
  const long = at(10, { message: "m".repeat(100_000), description: "d".repeat(100_000) });
  const [[, review] = []] = askedOf(await post({ findings: [long] }), "createReview");
  const [{ body } = { body: "" }] = (review as { comments: readonly { body: string }[] }).comments;
  expect(body.length).toBeLessThan(65_536);
  expect(body).toMatch(/<!-- portcullis:f10 -->$/);
});

test("at most 20 are posted, and no more are claimed", async () => {
  const findings = Array.from({ length: 30 }, (_, n) => at(10, { fingerprint: `many${n}` }));
  const calls = await post({ findings, posted: ["many0", "many1"] });
  expect(posted(calls)).toHaveLength(20);
  expect(askedOf(calls, "claimUnposted")).toHaveLength(22);
});

test("comments of an earlier attempt count towards the 20 of the head", async () => {
  const findings = Array.from({ length: 30 }, (_, n) => at(10, { fingerprint: `many${n}` }));
  const claims = ["many0", "many1", "many2"];
  const bodies = ["<!-- portcullis:many0 -->", "<!-- portcullis:many2 -->"];
  expect(posted(await post({ findings, claims, bodies }))).toHaveLength(18);
});

test("without an introduced finding nothing is asked", async () => {
  expect(await post({ findings: [at(10, { status: "existing" })] })).toEqual([]);
});

test("what an earlier attempt claimed and GitHub does not have is released before it is claimed again", async () => {
  const calls = await post({ claims: ["f10", "f11"], bodies: ["text <!-- portcullis:f11 -->"] });
  const review = { repository: 7, pull: 3, head: "head" };
  expect(calls.map(([name]) => name).filter((name) => name.endsWith("Claims") || name.startsWith("claim"))).toEqual([
    "findClaims",
    "releaseClaims",
    "claimUnposted",
  ]);
  expect(askedOf(calls, "releaseClaims")).toEqual([[review, ["f10"]]]);
  expect(askedOf(await post({}), "readReviewComments")).toEqual([]);
});

test.each<[string, Error]>([
  ["GitHub refuses it", httpError(422)],
  ["the pull request is gone", httpError(404)],
])("where %s, the comments may be posted on another head", async (_, error) => {
  const calls = await post({ refused: error });
  expect(askedOf(calls, "releaseClaims")).toEqual([[expect.anything(), new Set(["f10"])]]);
  expect(askedOf(calls, "warn")).toHaveLength(1);
});

test.each<[string, Error]>([
  ["a rate limit", limited()],
  ["a failure that may pass", httpError(502)],
  ["a bug", new TypeError("ours")],
])("after %s the next attempt looks which comments are there", async (_, error) => {
  await expect(post({ refused: error })).rejects.toBe(error);
});

test("the difference from the merge base is what GitHub shows", async () => {
  const calls = await post({ parents: ["older"] });
  expect(askedOf(calls, "readMergeBase")).toEqual([[place, "base", "head"]]);
  expect(askedOf(calls, "fetch")).toEqual([[remote, "job", { shown: "fork" }, signal]]);
  const compared = (all: Calls) => askedOf(all, "read").map(([args]) => (args as readonly string[]).slice(-2));
  expect(compared(calls)).toEqual([["fork", "head"]]);
  expect(compared(await post({}))).toEqual([["base", "head"]]);
});
