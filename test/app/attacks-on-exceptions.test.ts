import { expect, test } from "@jest/globals";
import type { Account, PullRequest, Repository } from "../support/github/state.ts";
import { deployment, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

// Attacks on waivers, approvals and overrides, of the table in docs/attacks.md, that no other test of the App makes.

const shared = shareApp();
const GOOD = deployment("nginx:1.27");
const BAD = deployment("nginx:latest");
const OWNERS = 'owners: { "**": ["@alice"] }\n';
const OVERRIDE = 'override: { teams: ["@acme/oncall"], minutes: 60 }\n';

const person = (login: string): Account => shared.github.person(login);
const bot: Account = { id: 4_711, login: "helper[bot]", type: "Bot" };

async function gated(config = "", files: { readonly [path: string]: string } = {}): Promise<Repository> {
  const { github } = shared;
  const repository = await shared.repositoryWith({ ...rules(config), "apps/web.yaml": GOOD, ...files });
  if (!github.world.teams.some(({ slug }) => slug === "oncall"))
    github.createTeam(repository.owner, "oncall", [person("olga"), bot]);
  for (const login of ["alice", "olga", "dev"]) github.collaborate(repository, person(login), "write");
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  return repository;
}

/** Expects that the check fails and that GitHub does not merge; answers what the check says, without escapes. */
async function expectBlocked(pull: PullRequest): Promise<{ readonly title: string; readonly summary: string }> {
  await shared.github.settle();
  const { conclusion, title, summary } = await shared.verdict(pull);
  expect(conclusion).toBe("failure");
  expect(await shared.github.merge(pull)).toMatchObject({ kind: "refused" });
  return { title, summary: summary.replaceAll(/[\\\u200b]/g, "") };
}

const propose = (repository: Repository, files: { readonly [path: string]: string | null }): Promise<PullRequest> =>
  shared.github.proposeFiles(repository, files, { by: person("dev") });

/** Another pull request of somebody else with the same head. */
async function copyOf(pull: PullRequest, repository: Repository): Promise<PullRequest> {
  await shared.github.pushRef(repository, `copy-of-${pull.number}`, pull.headSha, person("mallory"));
  return shared.github.openPull(repository, { head: `copy-of-${pull.number}`, by: person("mallory") });
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const waiver = `- policy: main
  match: { name: web, path: apps/web.yaml }
  reason: it is fine
  expires: ${inDays(30)}
`;

test.each<[string, { readonly [path: string]: string }, { readonly [path: string]: string | null }]>([
  [
    "brings its own directory of them",
    {},
    { "portcullis.yaml": rules("waivers: [waivers, mine]\n")["portcullis.yaml"]!, "mine/web.yaml": waiver },
  ],
  [
    "names a file that lay ready as harmless",
    { "docs/example.yaml": waiver },
    { "portcullis.yaml": rules("waivers: [docs/example.yaml]\n")["portcullis.yaml"]! },
  ],
  [
    "moves a file that lay ready to where they are",
    { "docs/example.yaml": waiver },
    { "docs/example.yaml": null, "waivers/example.yaml": waiver },
  ],
  [
    "lets annotations of manifests waive everything",
    {},
    { "portcullis.yaml": rules('waivers: { annotations: ["*", "*/*"] }\n')["portcullis.yaml"]! },
  ],
])("waivers do not count for a change that %s", async (_, before, change) => {
  const annotated = `  annotations:\n    portcullis.dev/waive: "{ policy: main, reason: fine, expires: ${inDays(9)} }"\n`;
  const bad = BAD.replace("  namespace: shop\n", `  namespace: shop\n${annotated}`);
  const repository = await gated("", before);
  const { title, summary } = await expectBlocked(await propose(repository, { ...change, "apps/web.yaml": bad }));
  expect(title).not.toContain("could not be judged");
  expect(summary).toContain("uses a tag that moves");
});

const TWO_OWNERS = 'owners: { "**": ["@alice"], main: ["@olga"] }\n';

/** Expects that the check waits for these owners, and goes on waiting when others approve. */
async function expectNeeds(pull: PullRequest, owners: RegExp, others: readonly string[] = []): Promise<void> {
  for (const login of others) await shared.github.review(pull, person(login));
  expect((await expectBlocked(pull)).title).toMatch(owners);
}

test("a file that becomes a waiver by another `waivers:` needs the owners of what it waives", async () => {
  const repository = await gated(TWO_OWNERS, { "docs/example.yaml": waiver });
  const config = rules(`${TWO_OWNERS}waivers: [waivers, docs/example.yaml]\n`)["portcullis.yaml"]!;
  const another = waiver.replace("name: web", "name: api");
  const pull = await propose(repository, { "portcullis.yaml": config, "waivers/api.yaml": another });
  await expectNeeds(pull, /^Needs approval of @alice and @olga/);
  const asked = (await shared.app.concluded(pull)).annotations.filter(({ message }) =>
    message.includes("adds a waiver"),
  );
  expect(asked.map(({ path }) => path).toSorted()).toEqual(["docs/example.yaml", "waivers/api.yaml"]);
  await expectNeeds(pull, /^Needs approval of @olga/, ["alice"]);
  await shared.github.review(pull, person("olga"));
  await shared.github.settle();
  expect((await shared.verdict(pull)).conclusion).toBe("success");
});

test("annotations that may waive a policy need its owners", async () => {
  const repository = await gated(TWO_OWNERS);
  const config = rules(`${TWO_OWNERS}waivers: { annotations: [main] }\n`)["portcullis.yaml"]!;
  const pull = await propose(repository, { "portcullis.yaml": config });
  await expectNeeds(pull, /^Needs approval of @olga/, ["alice"]);
});

test.each([["alice"], ["olga"]])("a waiver of policies of two owners is not in force by %s alone", async (login) => {
  const repository = await gated(TWO_OWNERS);
  const wide = waiver.replace("policy: main", 'policy: "{main,kubernetes/schema}"');
  const pull = await propose(repository, { "waivers/wide.yaml": wide });
  await expectNeeds(pull, login === "alice" ? /^Needs approval of @olga:/ : /^Needs approval of @alice:/, [login]);
});

test("a CODEOWNERS that goes before the one in force needs its owners", async () => {
  const repository = await gated("approvals: on\n", { CODEOWNERS: "* @alice\n" });
  const pull = await propose(repository, { ".github/CODEOWNERS": "* @olga\n" });
  await shared.github.review(pull, person("olga"));
  expect((await expectBlocked(pull)).title).toMatch(/^Needs approval of @alice/);
});

test("an approval of one pull request counts for no other one with its head", async () => {
  const { github } = shared;
  const repository = await gated(OWNERS);
  const pull = await propose(repository, { "portcullis.yaml": rules(`${OWNERS}mode: report\n`)["portcullis.yaml"]! });
  await github.review(pull, person("alice"));
  await github.settle();
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  const copy = await copyOf(pull, repository);
  await expectBlocked(copy);
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});

test("a pull request into a branch of one's own says what an approval of it approves for the gated branch", async () => {
  const { github } = shared;
  const repository = await gated(OWNERS);
  const loosened = { "portcullis.yaml": rules(`${OWNERS}mode: report\n`)["portcullis.yaml"]! };
  await github.pushCommit(repository, "mine", loosened, { by: person("dev") });
  await github.pushCommit(repository, "work", { "README.md": "harmless\n" }, { from: "mine", by: person("dev") });
  const pull = await github.openPull(repository, { head: "work", base: "mine", by: person("dev") });
  const { conclusion, title, summary } = await shared.verdict(pull);
  expect(conclusion).toBe("failure");
  expect(title).toMatch(/^Needs approval of @alice/);
  expect(summary.replaceAll(/[\\\u200b]/g, "")).toContain("switches the gate to report only");
});

test("a bot in a team of owners approves nothing", async () => {
  const owners = 'owners: { "**": ["@acme/oncall"] }\n';
  const { github } = shared;
  const repository = await gated(owners);
  github.collaborate(repository, bot, "admin");
  const pull = await propose(repository, { "portcullis.yaml": rules(`${owners}mode: report\n`)["portcullis.yaml"]! });
  await github.review(pull, bot);
  const { title, summary } = await expectBlocked(pull);
  expect(title).toContain("Needs approval of");
  expect(summary).toContain("The approval of @helper[bot] does not count: only a person can approve");
});

const COMMAND = "/portcullis override production is down";

test.each<[string, (pull: PullRequest) => void]>([
  ["a bot writes, though of the team", (pull) => void shared.github.comment(pull, COMMAND, bot)],
  [
    "somebody edits into another's comment",
    (pull) => {
      const { github } = shared;
      github.editComment(pull, github.comment(pull, "Looks good.", person("olga")), COMMAND, person("dev"));
    },
  ],
  ["a comment quotes", (pull) => void shared.github.comment(pull, `> ${COMMAND}`, person("olga"))],
  ["a comment hides in another line", (pull) => void shared.github.comment(pull, `Ok\n${COMMAND}`, person("olga"))],
])("a command that %s overrides nothing", async (_, write) => {
  const repository = await gated(OVERRIDE);
  const pull = await propose(repository, { "apps/web.yaml": BAD });
  await expectBlocked(pull);
  write(pull);
  await expectBlocked(pull);
  expect(repository.issues).toEqual([]);
});

test("an override of one pull request counts for no other one with its head", async () => {
  const { github } = shared;
  const repository = await gated(OVERRIDE);
  const pull = await propose(repository, { "apps/web.yaml": BAD });
  await expectBlocked(pull);
  github.comment(pull, COMMAND, person("olga"));
  await github.settle();
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  const copy = await copyOf(pull, repository);
  await expectBlocked(copy);
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
});

test("an override of a pull request into a branch that is not gated is refused", async () => {
  const { github } = shared;
  const repository = await gated(OVERRIDE);
  await github.pushCommit(repository, "mine", { "README.md": "mine\n" }, { by: person("dev") });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": BAD }, { by: person("dev"), base: "mine" });
  expect((await shared.verdict(pull)).conclusion).toBe("failure");
  github.comment(pull, COMMAND, person("olga"));
  await github.settle();
  expect((await shared.verdict(pull)).conclusion).toBe("failure");
  await github.retarget(pull, "main");
  // Even before the App has heard of it.
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  expect(repository.issues).toEqual([]);
});

test("the reason of an override does nothing in the check and in the issue", async () => {
  const { github } = shared;
  const repository = await gated(OVERRIDE);
  const pull = await propose(repository, { "apps/web.yaml": BAD });
  await expectBlocked(pull);
  github.comment(pull, `${COMMAND} </details><img src=x> ![x](https://evil.example) @acme/all #1`, person("olga"));
  await github.settle();
  const { conclusion, summary } = await shared.verdict(pull);
  expect(conclusion).toBe("success");
  for (const text of [summary, repository.issues[0]?.body ?? ""]) {
    expect(text).toContain("production is down");
    expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)!\[|@acme|(?<!\\)\]\(https:/);
  }
});
