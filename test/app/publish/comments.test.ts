import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../../support/app.ts";
import { startGitHub, type SimulatedGitHub } from "../../support/github/server.ts";
import type { PullRequest } from "../../support/github/state.ts";
import { deployment, rules } from "../../support/fleet.ts";

let github: SimulatedGitHub;
let app: TestApp;
let count = 0;

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});
afterEach(() => expect(github.violations).toEqual([]));

async function open(
  base: { readonly [path: string]: string },
  change: { readonly [path: string]: string },
  more: { readonly draft?: boolean } = {},
): Promise<PullRequest> {
  const repository = await github.createRepository({ fullName: `acme/comments-${++count}`, files: base });
  const pull = await github.proposeFiles(repository, change, more);
  await app.concluded(pull);
  await app.idle();
  return pull;
}

const GOOD = deployment("nginx:1.27");
const padding = Array.from({ length: 30 }, (_, n) => `# line ${n}\n`).join("");

test("a finding is posted once over ten pushes, on the right line of the right file", async () => {
  const pull = await open({ ...rules(), "apps/web.yaml": GOOD }, { "apps/web.yaml": deployment("nginx:latest") });
  for (let n = 0; n < 9; n++) {
    await github.pushToPull(pull, { "apps/web.yaml": `# push ${n}\n`.repeat(n + 1) + deployment("nginx:latest") });
    await app.concluded(pull);
    await app.idle();
  }
  expect(pull.reviewComments).toMatchObject([{ path: "apps/web.yaml", line: 14, side: "RIGHT" }]);
  expect(pull.reviews).toMatchObject([{ state: "COMMENTED" }]);
  expect(pull.reviewComments[0]?.body).toContain("uses a tag that moves");
});

test("a finding outside every hunk is left to the check: one such comment would make GitHub refuse the whole review", async () => {
  // The label that the policy asks for is removed far above the line that the finding is about.
  const policy = `package main\n\ndeny contains msg if {\n  not input.metadata.labels.team\n  some c in input.spec.template.spec.containers\n  endswith(c.image, ":latest")\n  msg := "no team for a moving tag"\n}\n`;
  const file = deployment("nginx:latest").replace("metadata:\n", `metadata:\n  labels: { team: a }\n${padding}`);
  const pull = await open(
    { ...rules(), "policies/tag.rego": policy, "apps/web.yaml": file, "apps/b.yaml": deployment("nginx:1.27", "b") },
    {
      "apps/web.yaml": file.replace("  labels: { team: a }\n", ""),
      "apps/b.yaml": deployment("nginx:latest", "b"),
    },
  );
  const run = github.runsOf(pull, "portcullis").at(-1);
  expect(run?.conclusion).toBe("failure");
  expect(run?.annotations).toMatchObject([
    { path: "apps/b.yaml", start_line: 14 },
    { path: "apps/web.yaml", start_line: 44 },
  ]);
  expect(pull.reviewComments).toMatchObject([{ path: "apps/b.yaml", line: 14 }]);
});

test("comments are on the head's lines, whatever the merge has shifted", async () => {
  const repository = await github.createRepository({
    fullName: `acme/comments-${++count}`,
    files: { ...rules(), "apps/web.yaml": padding + GOOD },
  });
  await github.pushCommit(repository, "work", { "apps/web.yaml": padding + deployment("nginx:latest") });
  await github.pushCommit(repository, "main", { "apps/web.yaml": `# one\n# two\n# three\n${padding}${GOOD}` });
  const pull = await github.openPull(repository, { head: "work" });
  const run = await app.concluded(pull);
  await app.idle();
  expect(run.annotations).toMatchObject([{ start_line: 44 }]);
  expect(pull.reviewComments).toMatchObject([{ line: 44 }]);
});

test("a comment suggests the fix that the policy in force declares, if it was confirmed and replaces the line", async () => {
  const policy = (id: string, set: string): string =>
    `# METADATA\n# custom:\n#   id: images/${id}\n#   fix:\n#     in: value\n#     set: { "": "${set}" }\npackage ${id}\n\ndeny contains "${id} is not allowed" if {\n  some c in input.spec.template.spec.containers\n  endswith(c.image, ":${id}")\n}\n`;
  const files = {
    ...rules(),
    "policies/edge.rego": policy("edge", "nginx:1.27"),
    "policies/beta.rego": policy("beta", "nginx:edge"),
    "apps/web.yaml": GOOD,
    "apps/b.yaml": deployment("nginx:1.27", "b"),
  };
  const pull = await open(files, {
    "apps/web.yaml": deployment("nginx:edge"),
    "apps/b.yaml": deployment("nginx:beta", "b"),
  });
  const bodies = new Map(pull.reviewComments.map(({ path, body }) => [path, body]));
  expect(bodies.get("apps/web.yaml")).toContain('\n\n```suggestion\n          image: "nginx:1.27"\n```\n\n');
  // What it would make of this line is refused by the other policy.
  expect(bodies.get("apps/b.yaml")).toContain("beta is not allowed");
  expect(bodies.get("apps/b.yaml")).not.toContain("suggestion");
});

test("at most 20 are posted in one review", async () => {
  const many = Array.from({ length: 30 }, (_, n) => `        - name: c${n}\n          image: c${n}:latest\n`).join("");
  const pull = await open({ ...rules(), "apps/web.yaml": GOOD }, { "apps/web.yaml": GOOD + many });
  expect(pull.reviews).toHaveLength(1);
  expect(pull.reviewComments).toHaveLength(20);
});

test("nothing is posted where comments are off, on drafts before they are ready, and of what was there before", async () => {
  const off = await open(
    { ...rules("comments: off\n"), "apps/web.yaml": GOOD },
    { "apps/web.yaml": deployment("nginx:latest") },
  );
  expect(off.reviews).toEqual([]);
  const draft = await open(
    { ...rules(), "apps/web.yaml": GOOD },
    { "apps/web.yaml": deployment("a:latest") },
    { draft: true },
  );
  expect(draft.reviews).toEqual([]);
  await github.readyForReview(draft);
  await app.idle();
  expect(github.runsOf(draft, "portcullis")).toHaveLength(1);
  expect(draft.reviewComments).toHaveLength(1);
  const old = await open(
    { ...rules(), "apps/web.yaml": deployment("nginx:latest") },
    { "apps/web.yaml": deployment("nginx:latest").replace("name: main", "name: main # same") },
  );
  expect(old.reviews).toEqual([]);
});

test("a message cannot mention, link or break out of its comment", async () => {
  const policy = `package main\n\ndeny contains msg if {\n  endswith(input.spec.template.spec.containers[_].image, ":latest")\n  msg := "@team see #1 <img src=x> --> ![x](http://x)"\n}\n`;
  const pull = await open(
    { ...rules(), "policies/tag.rego": policy, "apps/web.yaml": GOOD },
    { "apps/web.yaml": deployment("nginx:latest") },
  );
  expect(pull.reviewComments).toHaveLength(1);
  const body = pull.reviewComments[0]?.body ?? "";
  expect(body).not.toContain("@team");
  expect(body).not.toContain("<img");
  expect(body).not.toContain("![x](");
});

const LATEST = deployment("nginx:latest");
const base = () => ({ ...rules(), "apps/web.yaml": GOOD });

async function push(pull: PullRequest, files: { readonly [path: string]: string }): Promise<void> {
  await github.pushToPull(pull, files);
  await app.concluded(pull);
  await app.idle();
}

test("a comment goes when its finding is fixed, its review says so, and the finding is said again if it returns", async () => {
  const pull = await open(base(), { "apps/web.yaml": LATEST });
  expect(pull.reviewComments).toHaveLength(1);
  await push(pull, { "apps/web.yaml": GOOD.replace("1.27", "1.28") });
  expect(pull.reviewComments).toEqual([]);
  expect(pull.reviews.map(({ body }) => body)).toEqual([expect.stringContaining(`as of ${pull.headSha}`)]);
  await push(pull, { "apps/web.yaml": LATEST });
  expect(pull.reviewComments).toMatchObject([{ path: "apps/web.yaml", line: 14 }]);
});

test("a comment that people have answered stays, and says that its finding is fixed", async () => {
  const pull = await open(base(), { "apps/web.yaml": LATEST });
  const [comment] = pull.reviewComments;
  github.answer(pull, comment!, "Which version?");
  await push(pull, { "apps/web.yaml": GOOD.replace("1.27", "1.28") });
  expect(pull.reviewComments.map(({ body }) => body)).toEqual([
    expect.stringMatching(new RegExp(`^\\*\\*Fixed\\*\\* as of ${pull.headSha}\\.[^]*uses a tag that moves`)),
    "Which version?",
  ]);
});

test("a comment on a line that a push changed is posted anew on the line as it is", async () => {
  const pull = await open(base(), { "apps/web.yaml": LATEST });
  await push(pull, { "apps/web.yaml": LATEST.replace("nginx:latest", "nginx:latest # soon") });
  expect(pull.reviewComments).toMatchObject([{ line: 14, commitSha: pull.headSha }]);
});

test("policies that object to one line are one comment", async () => {
  const second = `# METADATA\n# title: Images come from us\npackage origin\n\ndeny contains msg if {\n  some c in input.spec.template.spec.containers\n  not startswith(c.image, "ours/")\n  msg := "not from us"\n}\n`;
  const pull = await open(
    { ...base(), "policies/origin.rego": second, "apps/web.yaml": deployment("ours/nginx:1.27") },
    { "apps/web.yaml": LATEST },
  );
  expect(pull.reviewComments).toMatchObject([{ line: 14 }]);
  expect(pull.reviewComments[0]?.body).toMatch(
    /Images have a fixed tag[^]*Images come from us|Images come from us[^]*Images have a fixed tag/,
  );
});

test("what only warns is a comment where the rules ask for it", async () => {
  const levels = "levels: { main: warn }\n";
  const plain = await open({ ...rules(levels), "apps/web.yaml": GOOD }, { "apps/web.yaml": LATEST });
  expect(plain.reviewComments).toEqual([]);
  const asked = await open(
    { ...rules(`${levels}comments: all\n`), "apps/web.yaml": GOOD },
    { "apps/web.yaml": LATEST },
  );
  expect(asked.reviewComments.map(({ body }) => body)).toEqual([expect.stringMatching(/^\*\*Warning\*\*/)]);
});

test("a pull request that passes costs no request for comments", async () => {
  const pull = await open(base(), { "apps/web.yaml": GOOD.replace("1.27", "1.28") });
  expect(github.runsOf(pull, "portcullis").at(-1)?.conclusion).toBe("success");
  const asked = github.calls.filter(({ repository }) => repository === `acme/comments-${count}`);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter(({ operation }) => /review|comment/.test(operation))).toEqual([]);
});

test("a comment that GitHub refuses does not keep it from the others", async () => {
  // The first review is refused as a whole, and then the half with the first comment.
  const fault = github.fault({ kind: "status", status: 422 }, { operation: "pulls/create-review", times: 2 });
  const other = { "apps/b.yaml": deployment("nginx:1.27", "b") };
  const pull = await open(
    { ...base(), ...other },
    { "apps/web.yaml": LATEST, "apps/b.yaml": deployment("nginx:latest", "b") },
  );
  expect(fault.hits).toBe(2);
  expect(pull.reviewComments).toMatchObject([{ path: "apps/web.yaml", line: 14 }]);
  await push(pull, { "apps/c.yaml": deployment("nginx:1.27", "c") });
  expect(pull.reviewComments.map(({ path }) => path)).toEqual(["apps/web.yaml", "apps/b.yaml"]);
});
