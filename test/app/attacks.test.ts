import { expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

// Attacks of the table in docs/attacks.md that no other test of the App makes.

const shared = shareApp();
const GOOD = deployment("nginx:1.27");
const BAD = deployment("nginx:latest");

async function gated(files: { readonly [path: string]: string }): Promise<Repository> {
  const { github } = shared;
  const repository = await shared.repositoryWith({ "apps/web.yaml": GOOD, ...files });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  return repository;
}

/** Expects that the check fails and that GitHub does not merge; answers what the check says, without escapes. */
async function expectBlocked(pull: PullRequest): Promise<string> {
  const { conclusion, summary } = await shared.verdict(pull);
  expect(conclusion).toBe("failure");
  expect(await shared.github.merge(pull)).toMatchObject({ kind: "refused" });
  return summary.replaceAll(/[\\\u200b]/g, "");
}

test("a passing check of the gate's name that another App creates counts for nothing", async () => {
  const { github } = shared;
  const repository = await gated(rules());
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": BAD });
  await expectBlocked(pull);
  await github.forgeCheck(repository, pull.headSha, "portcullis", "success");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  // Nor does it keep the App from judging the next head, where the other one was first.
  const next = await github.pushCommit(repository, "again", { "apps/web.yaml": `# again\n${BAD}` }, { from: "main" });
  await github.forgeCheck(repository, next, "portcullis", "success");
  await expectBlocked(await github.openPull(repository, { head: "again" }));
});

test("what a pull request says of itself switches nothing off", async () => {
  const { github } = shared;
  const repository = await gated(rules());
  const author = github.person("dev");
  github.collaborate(repository, author, "write");
  await github.pushCommit(
    repository,
    "portcullis-skip",
    { "apps/web.yaml": BAD },
    { from: "main", by: author, message: "[skip ci] Move the tag\n\nskip-checks: true\nPortcullis: off" },
  );
  const pull = await github.openPull(repository, {
    head: "portcullis-skip",
    title: "[skip portcullis] chore: trivial",
    body: "/portcullis override nobody looks here\n\n<!-- portcullis: ignore -->",
    draft: true,
    by: author,
  });
  await expectBlocked(pull);
  await github.editTitle(pull, "Merge with --no-verify [portcullis skip]");
  await github.readyForReview(pull);
  github.comment(pull, "/portcullis approve", author);
  github.comment(pull, "/portcullis recheck", author);
  await shared.app.idle();
  // The one run of the re-check: neither title nor draft cause another.
  expect(github.runsOf(pull).map(({ conclusion }) => conclusion)).toEqual(["failure", "failure"]);
  await expectBlocked(pull);
});

test("annotations by which a manifest excuses itself excuse nothing", async () => {
  const repository = await gated(rules());
  const excuse = `  annotations:
    portcullis.dev/waive: "- { policy: main, reason: it is fine, expires: ${inDays(9)} }"
    checkov.io/skip1: CKV_K8S_14=fine
    ignore-check.kube-linter.io/latest-tag: fine
    polaris.fairwinds.com/exempt: "true"
`;
  const excused = BAD.replace("  namespace: shop\n", `  namespace: shop\n${excuse}`);
  const pull = await shared.github.proposeFiles(repository, { "apps/web.yaml": `#trivy:ignore:*\n${excused}` });
  const said = await expectBlocked(pull);
  expect(said).toContain("uses a tag that moves");
  expect(said).not.toContain("Could not be judged");
});

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const SHARED = "version: 1\npolicies: [policies]\nlevels: { main: deny }\nlocked: [mode, levels.main, policies]\n";
const OWN = 'version: 1\nextends: shared/portcullis.yaml\nmanifests: { include: ["apps/**"] }\n';

const NOTHING = '# METADATA\n# title: Nothing\npackage none\n\ndeny contains "nothing" if input.kind == "Nothing"\n';

test.each<[string, { readonly [path: string]: string }, string]>([
  [
    "extends it no longer",
    {
      "portcullis.yaml": OWN.replace("extends: shared/portcullis.yaml", "policies: [mine]"),
      "mine/none.rego": NOTHING,
    },
    "no longer extends shared/portcullis.yaml",
  ],
  [
    "extends a file of its own in its place",
    {
      "portcullis.yaml": OWN.replace("shared/", "mine/"),
      "mine/portcullis.yaml": "version: 1\npolicies: [policies]\nmode: report\n",
      "mine/policies/none.rego": NOTHING,
    },
    "no longer extends shared/portcullis.yaml",
  ],
  [
    "loosens it and its locks",
    { "shared/portcullis.yaml": "version: 1\npolicies: [policies]\nlevels: { main: off }\nmode: report\n" },
    "no longer locks",
  ],
  [
    "empties its policy",
    { "shared/policies/tag.rego": NO_LATEST.replace(":latest", ":never") },
    "would no longer block, in the whole tree, 1 finding",
  ],
])("a shared configuration that is in force judges the change that %s", async (_, change, told) => {
  const repository = await gated({
    "portcullis.yaml": OWN,
    "shared/portcullis.yaml": SHARED,
    "shared/policies/tag.rego": NO_LATEST,
  });
  const pull = await shared.github.proposeFiles(repository, { ...change, "apps/web.yaml": BAD });
  const said = await expectBlocked(pull);
  expect(said).toContain(told);
  expect(said).toContain("uses a tag that moves");
  expect(said).not.toContain("Could not be judged");
});

test("names and values from a fork do nothing in the text of the check", async () => {
  const { github } = shared;
  const repository = await gated(rules());
  const hostile = "</details><img src=x> ![x](https://evil.example/x.png) [go](https://evil.example) @acme/all #1 <!--";
  const quoted = JSON.stringify(`${hostile} | \`x\``);
  const stranger = github.person("stranger");
  const fork = await github.fork(repository, stranger);
  await github.pushCommit(
    fork,
    "work",
    {
      "apps/<img src=x> @acme *![x](y).yaml": deployment("nginx:latest").replace("name: main", `name: ${quoted}`),
      "apps/@acme <b>.yaml": "kind: [\n",
    },
    { by: stranger, message: hostile },
  );
  const pull = await github.openPull(repository, {
    head: { repository: fork, name: "work" },
    by: stranger,
    title: hostile,
  });
  await shared.verdict(pull);
  const { title, summary, text } = await shared.app.concluded(pull);
  const html = micromark(`${summary}\n\n${text ?? ""}`, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
  expect(html).toContain("img src=x");
  expect(html).not.toMatch(/<img|<b>|<!--|href="[^"]*evil\.example/);
  // GitHub makes nothing of what stands in code.
  expect(`${title}\n${html.replaceAll(/<code[^>]*>[^<]*<\/code>/g, "")}`).not.toMatch(/@acme|(?<![\w&])#1\b/);
});

test("a violation among more files than GitHub lists of a pull request is found", async () => {
  const { github } = shared;
  const repository = await gated(rules());
  const padding = Object.fromEntries(Array.from({ length: 3_100 }, (_, at) => [`a/${at}.txt`, `${at}\n`]));
  const pull = await github.proposeFiles(repository, { ...padding, "apps/zz.yaml": deployment("nginx:latest", "zz") });
  await expectBlocked(pull);
});
