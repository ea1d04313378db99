import { expect, test } from "@jest/globals";
import { postComments } from "../../../src/app/publish/comments.ts";
import type { LineMap } from "../../../src/app/mirror/hunks.ts";
import type { FetchOutcome } from "../../../src/app/mirror/mirror.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { finding, report } from "../../report/sample-reports.ts";
import type { ReportedProblem } from "../../../src/model/finding.ts";
import type { Report } from "../../../src/model/report.ts";
import type { PostedComment } from "../../../src/github/reviews.ts";
import { fakeServices, place, pullRequest } from "../../support/fakes/app.ts";
import { askedOf, type Calls } from "../../support/fakes/fake.ts";
import { httpError, limited, rejectWith } from "../../support/fakes/github-errors.ts";

const remote = { url: "https://github.example/acme/shop.git", token: "t" };
const { signal } = new AbortController();
const path = "apps/web/deployment.yaml";
/** Lines 5 to 14 of the file. */
const review = { repository: 7, pull: 3, head: "head" };
const shown = `--- ${path}\n+++ ${path}\n@@ -5,10 +5,10 @@\n${" a\n".repeat(10)}`;

const at = (line: number, more: Partial<Finding> = {}): Finding =>
  finding({ location: { path, line, precision: "value" }, fingerprint: `f${line}`, ...more });

interface Asked {
  readonly findings?: readonly Finding[];
  /** Fingerprints that were claimed for this head before, and for an older one. */
  readonly claims?: readonly string[];
  readonly claimedBefore?: readonly string[];
  /** Comments that are on the pull request, the first on line 10, each in a review of its own. */
  readonly there?: readonly (Partial<PostedComment> & { readonly byPerson?: boolean })[];
  readonly problems?: readonly ReportedProblem[];
  readonly mode?: Report["mode"];
  readonly comments?: "on" | "all";
  readonly block?: "introduced" | "all";
  /** Fingerprints that were posted on other heads. */
  readonly posted?: readonly string[];
  readonly lines?: LineMap;
  readonly parents?: readonly string[] | undefined;
  readonly fetch?: FetchOutcome;
  /** The difference that GitHub shows. */
  readonly shown?: string;
  readonly refused?: Error;
  /** Lines whose comments GitHub refuses, and with them every review that has one. */
  readonly refusedLines?: readonly number[];
}

async function post(asked: Asked): Promise<Calls> {
  const { services, github, mirror, calls } = fakeServices({
    store: {
      findClaims: async () =>
        new Map([
          ...(asked.claimedBefore ?? []).map((one): [string, string] => [one, "older"]),
          ...(asked.claims ?? []).map((one): [string, string] => [one, "head"]),
        ]),
      claimUnposted: async (_, fingerprints) =>
        new Set(fingerprints.filter((one) => asked.posted?.includes(one) !== true)),
    },
    github: {
      readReviewComments: async () =>
        (asked.there ?? []).map(({ byPerson = false, ...one }, n) => ({
          id: 100 + n,
          review: 200 + n,
          path,
          line: 10 + n,
          body: "",
          ...(byPerson ? {} : { app: "portcullis[bot]" }),
          ...one,
        })),
      readMergeBase: async () => "fork",
      ...(asked.refused === undefined ? {} : { createReview: rejectWith(asked.refused) }),
      ...(asked.refusedLines === undefined
        ? {}
        : {
            createReview: async (_, { comments }) => {
              if (comments.some(({ line }) => asked.refusedLines?.includes(line))) throw httpError(422);
            },
          }),
    },
    mirror: {
      commit: async (_, name) => {
        if ("parents" in asked && asked.parents === undefined) return undefined;
        return { id: name, tree: "t", parents: name === "head" ? (asked.parents ?? ["base"]) : [] };
      },
      read: async () => asked.shown ?? shown,
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
    report: report({
      findings: asked.findings ?? [at(10)],
      problems: asked.problems ?? [],
      mode: asked.mode ?? "enforce",
    }),
    comments: asked.comments ?? "on",
    block: asked.block ?? "introduced",
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
  ["not one that only warns", { findings: [at(10, { level: "warn" })] }, []],
  ["one that warns where that is asked for", { findings: [at(10, { level: "warn" })], comments: "all" }, [10]],
  ["not one that only informs", { findings: [at(10, { level: "info" })], comments: "all" }, []],
  ["not one that only would block", { mode: "report" }, []],
  ["one that would block where warnings are asked for", { mode: "report", comments: "all" }, [10]],
  ["one that was there before, where that blocks", { findings: [at(10, { status: "existing" })], block: "all" }, [10]],
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

/** The bodies of all comments of all reviews. */
const bodies = (calls: Calls): readonly string[] =>
  askedOf(calls, "createReview").flatMap(([, review]) =>
    (review as { comments: readonly { body: string }[] }).comments.map(({ body }) => body),
  );
const mark = (...fingerprints: readonly string[]) => fingerprints.map((one) => `<!-- portcullis:${one} -->`).join("\n");

test("all comments are one review of the head, what blocks first, each with its marker", async () => {
  const findings = [at(11, { level: "warn" }), at(10)];
  const calls = await post({ findings, comments: "all" });
  expect(askedOf(calls, "createReview")).toEqual([
    [
      place,
      {
        pull: 3,
        head: "head",
        body: expect.any(String),
        comments: [
          { path, line: 10, body: expect.stringMatching(/^\*\*Blocks\*\*.*<!-- portcullis:f10 -->$/s) },
          { path, line: 11, body: expect.stringMatching(/^\*\*Warning\*\*.*<!-- portcullis:f11 -->$/s) },
        ],
      },
    ],
  ]);
});

test("a comment has what a finding has: title, message, where it lands, help and documentation", async () => {
  const { title: _t, description: _d, docs: _o, ...bare } = at(10);
  const full = at(11, { environment: "prod", docs: "https://example.com/docs" });
  const [first = "", second = ""] = bodies(await post({ findings: [bare, full] }));
  expect(first.split("\n\n")).toEqual([
    "**Blocks** · `workloads/image-tag`",
    'container "web" uses the tag "latest"',
    mark("f10"),
  ]);
  expect(second.split("\n\n")).toEqual([
    "**Blocks** · Images name a version `workloads/image-tag`",
    'container "web" uses the tag "latest"',
    "in prod",
    "A tag that moves changes what runs without a commit. Name a version. [How to fix it](<https://example.com/docs>)",
    mark("f11"),
  ]);
});

test("findings on one line are one comment, in which each policy tells once how to comply", async () => {
  const findings = [
    at(10),
    at(10, { fingerprint: "same", message: "another message" }),
    at(10, { fingerprint: "other", policy: "a/b", title: "Another policy", description: "Do this." }),
  ];
  const [body = "", ...more] = bodies(await post({ findings }));
  expect(more).toEqual([]);
  expect(body.split("Name a version.")).toHaveLength(2);
  expect(body).toContain("another message");
  expect(body).toContain("**Blocks** · Another policy `a/b`");
  expect(body).toContain(mark("f10", "same", "other"));
});

test("a comment stays within what GitHub takes", async () => {
  const long = (n: number) =>
    at(10, { policy: `a/p${n}`, fingerprint: `f${n}`, message: "|".repeat(100_000), description: "|".repeat(100_000) });
  const findings = Array.from({ length: 50 }, (_, n) => long(n));
  for (const body of bodies(await post({ findings }))) {
    expect(body.length).toBeLessThan(65_536);
    expect(body).toMatch(/…and \d+ more findings on this line: see the check\./);
    expect(body).toMatch(/<!-- portcullis:f49 -->$/);
  }
});

const everyLine = Array.from({ length: 30 }, (_, n) => at(100 + n));
const manyLines = `--- ${path}\n+++ ${path}\n@@ -100,40 +100,40 @@\n${" a\n".repeat(40)}`;

test("at most 20 are posted, and no more are claimed", async () => {
  const calls = await post({ findings: everyLine, posted: ["f100", "f101"], shown: manyLines });
  expect(posted(calls)).toHaveLength(20);
  expect(askedOf(calls, "claimUnposted")).toHaveLength(22);
});

test("comments of an earlier attempt count towards the 20 of the head", async () => {
  const there = [
    { body: mark("f100"), line: 100 },
    { body: mark("f102"), line: 102 },
  ];
  const calls = await post({ findings: everyLine, claims: ["f100", "f101", "f102"], there, shown: manyLines });
  expect(posted(calls)).toHaveLength(18);
});

test("without anything to say, now or before, GitHub is asked nothing", async () => {
  const calls = await post({ findings: [at(10, { status: "existing" })] });
  expect(calls.map(([name]) => name)).toEqual(["findClaims"]);
});

test("where all is said already, one list is all that is asked", async () => {
  const calls = await post({ claimedBefore: ["f10"], there: [{ body: mark("f10") }] });
  expect(calls.map(([name]) => name)).toEqual(["findClaims", "readReviewComments"]);
});

test("what an earlier attempt claimed and GitHub does not have is released before it is claimed again", async () => {
  const calls = await post({
    findings: [at(10), at(11)],
    claims: ["f10", "f11"],
    there: [{ body: `text\n\n${mark("f11")}`, line: 11 }],
  });
  expect(calls.map(([name]) => name).filter((name) => name.endsWith("Claims") || name.startsWith("claim"))).toEqual([
    "findClaims",
    "releaseClaims",
    "claimUnposted",
  ]);
  expect(askedOf(calls, "releaseClaims")).toEqual([[review, ["f10"]]]);
  expect(posted(calls)).toEqual([[path, 10]]);
});

test.each<[string, Partial<PostedComment> & { readonly byPerson?: boolean }]>([
  ["a person", { byPerson: true }],
  ["another App", { app: "scanner[bot]" }],
])("a mark in the text of %s is no comment of the App", async (_, by) => {
  const there = [{ body: mark("f10"), ...by }];
  expect(posted(await post({ claims: ["f10"], there }))).toEqual([[path, 10]]);
  expect(askedOf(await post({ findings: [], claims: ["f10"], there }), "deleteReviewComment")).toEqual([]);
});

test("a message that quotes a mark of another finding does not stand for it", async () => {
  const message = "the annotation `<!-- portcullis:f11 -->` is unknown";
  const [[, asked] = []] = askedOf(await post({ findings: [at(10, { message })] }), "createReview");
  const { body } = (asked as { comments: readonly { body: string }[] }).comments[0] ?? { body: "" };
  expect(body).toContain("portcullis:f11");
  const calls = await post({
    findings: [at(10, { message }), at(11)],
    claims: ["f10", "f11"],
    there: [{ body }],
  });
  expect(posted(calls)).toEqual([[path, 11]]);
});

test("a comment that a person deleted is not posted again", async () => {
  expect(posted(await post({ claimedBefore: ["f10"] }))).toEqual([]);
});

/** A comment without a line in the head. */
const outdated = { body: mark("f10"), line: undefined } as unknown as Partial<PostedComment>;

const changes = (calls: Calls) =>
  calls.filter(([name]) => ["deleteReviewComment", "updateReviewComment", "updateReview"].includes(name));

test("a comment whose finding is fixed is deleted, and its review says so when nothing is left of it", async () => {
  const there = [{ body: mark("f10") }, { body: mark("f11"), review: 201 }, { body: mark("f12"), review: 201 }];
  const calls = await post({ findings: [at(12)], claimedBefore: ["f10", "f11", "f12"], there });
  expect(changes(calls)).toEqual([
    ["deleteReviewComment", place, 100],
    ["deleteReviewComment", place, 101],
    ["updateReview", place, 3, 200, expect.stringContaining("as of head")],
  ]);
  expect(askedOf(calls, "releaseClaims")).toEqual([
    [review, ["f10"]],
    [review, ["f11"]],
  ]);
});

test("a claim is of this head before its comment is deleted, so that a crash between leaves nothing unsaid", async () => {
  const names = (await post({ findings: [], claimedBefore: ["f10"], there: [{ body: mark("f10") }] })).map(
    ([name]) => name,
  );
  expect(names.slice(2, 5)).toEqual(["moveClaims", "deleteReviewComment", "releaseClaims"]);
});

test.each<[string, readonly Finding[], string]>([
  ["fixed", [], "**Fixed** as of head."],
  ["no longer blocks", [at(10, { level: "warn" })], "**No longer blocks** as of head."],
])(
  "a comment that people have answered stays, says what became of it, and is no longer one of the finding: %s",
  async (_, findings, words) => {
    const there = [{ body: `Old text.\n\n${mark("f10")}` }, { inReplyTo: 100, body: "why?", byPerson: true }];
    const calls = await post({ findings, claimedBefore: ["f10"], there });
    expect(changes(calls)).toEqual([["updateReviewComment", place, 100, expect.stringContaining(words)]]);
    const [[, , body] = []] = askedOf(calls, "updateReviewComment");
    expect(body).toContain("Old text.");
    expect(body).not.toContain(mark("f10"));
    expect(askedOf(calls, "releaseClaims")).toEqual([[review, ["f10"]]]);
  },
);

test("of a comment on several findings the fixed ones go", async () => {
  const there = [{ body: mark("f10", "other") }];
  const calls = await post({ claimedBefore: ["f10", "other"], there });
  expect(changes(calls)).toEqual([
    ["updateReviewComment", place, 100, expect.stringMatching(/latest[^]*portcullis:f10 -->$/)],
  ]);
  expect(askedOf(calls, "releaseClaims")).toEqual([[review, ["other"]]]);
});

test("another finding on the line of a comment joins it", async () => {
  const there = [{ body: mark("f10") }];
  const calls = await post({
    findings: [at(10), at(10, { fingerprint: "new", message: "new" })],
    claimedBefore: ["f10"],
    there,
  });
  expect(posted(calls)).toEqual([]);
  expect(changes(calls)).toEqual([["updateReviewComment", place, 100, expect.stringContaining(mark("f10", "new"))]]);
});

test("a comment on a line that is gone is posted anew where the finding is now", async () => {
  const calls = await post({ claimedBefore: ["f10"], there: [outdated] });
  expect(changes(calls)).toEqual([
    ["deleteReviewComment", place, 100],
    ["updateReview", place, 3, 200, expect.any(String)],
  ]);
  expect(posted(calls)).toEqual([[path, 10]]);
});

test.each<[string, Asked]>([
  ["people have answered it", { there: [outdated, { inReplyTo: 100 }] }],
  ["the finding is on no line that the diff shows", { findings: [at(50, { fingerprint: "f10" })], there: [outdated] }],
])("it stays where %s", async (_, asked) => {
  const calls = await post({ claimedBefore: ["f10"], ...asked });
  expect(changes(calls)).toEqual([]);
  expect(posted(calls)).toEqual([]);
});

test("while something could not be judged, nothing counts as fixed", async () => {
  const problems: readonly ReportedProblem[] = [{ stage: "parse", status: "introduced", path, message: "a tab" }];
  const asked = { findings: [], claimedBefore: ["f10", "f11"], there: [{ body: mark("f10") }] };
  const calls = await post({ ...asked, problems });
  expect(changes(calls)).toEqual([]);
  expect(askedOf(calls, "releaseClaims")).toEqual([]);
  const old = problems.map((one) => ({ ...one, status: "existing" as const }));
  expect(changes(await post({ ...asked, problems: old }))).toHaveLength(2);
});

test.each([[[105]], [[100, 119]], [[100, 105, 111]]])(
  "comments on lines %j are refused, and all others are posted",
  async (refusedLines) => {
    const findings = everyLine.slice(0, 20);
    const calls = await post({ findings, refusedLines, shown: manyLines });
    const accepted = askedOf(calls, "createReview").flatMap(([, asked]) => {
      const lines = (asked as { comments: readonly { line: number }[] }).comments.map(({ line }) => line);
      return lines.some((line) => refusedLines.includes(line)) ? [] : lines;
    });
    expect(accepted).toEqual(
      findings.map(({ location }) => location.line).filter((line) => !refusedLines.includes(line)),
    );
    expect(askedOf(calls, "releaseClaims")).toEqual([[review, refusedLines.map((line) => `f${line}`)]]);
  },
);

test("where GitHub refuses everything, few requests are made, and all claims are released", async () => {
  const findings = everyLine.slice(0, 20);
  const calls = await post({ findings, refused: httpError(422), shown: manyLines });
  expect(askedOf(calls, "createReview").length).toBeLessThanOrEqual(20);
  expect(askedOf(calls, "releaseClaims")).toEqual([[review, findings.map(({ fingerprint }) => fingerprint)]]);
});

const refusedReview = httpError(422);

test.each<[string, Error]>([
  ["GitHub refuses it", refusedReview],
  ["the pull request is gone", httpError(404)],
  ["the App may not write", httpError(403)],
])("where %s, the comments may be posted on another head", async (_, error) => {
  const calls = await post({ refused: error, findings: [at(10), at(11)] });
  expect(askedOf(calls, "releaseClaims")).toEqual([[review, ["f10", "f11"]]]);
  expect(askedOf(calls, "warn").length).toBeGreaterThan(0);
  expect(askedOf(calls, "createReview")).toHaveLength(error === refusedReview ? 3 : 1);
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
