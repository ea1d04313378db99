import { expect, test } from "@jest/globals";
import type { Account, PullRequest, Repository } from "../support/github/state.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();
const person = (login: string): Account => shared.github.person(login);
const OVERRIDE = 'override: { teams: ["@acme/oncall"], minutes: 60 }\n';

async function blocked(config = OVERRIDE): Promise<{ repository: Repository; pull: PullRequest }> {
  const { github } = shared;
  const repository = await shared.repositoryWith({ ...rules(config), "apps/web.yaml": deployment("nginx:1.27") });
  if (!github.world.teams.some(({ slug }) => slug === "oncall"))
    github.createTeam(repository.owner, "oncall", [person("olga"), person("dev")]);
  for (const login of ["olga", "dev", "bob"]) github.collaborate(repository, person(login), "write");
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const pull = await github.proposeFiles(
    repository,
    { "apps/web.yaml": deployment("nginx:latest") },
    { by: person("dev") },
  );
  expect((await verdict(pull)).conclusion).toBe("failure");
  return { repository, pull };
}

async function verdict(pull: PullRequest): Promise<Awaited<ReturnType<typeof shared.verdict>>> {
  await shared.github.settle();
  const said = await shared.verdict(pull);
  return { ...said, summary: said.summary.replaceAll(/[\\\u200b]/g, "") };
}

const ask = (pull: PullRequest, by = "olga", reason = "production is down") =>
  shared.github.comment(pull, `/portcullis override ${reason}`, person(by));

/** What the App answers to a command. */
const answers = ({ comments }: Repository): readonly string[] =>
  comments.flatMap(({ user, body }) => (user.type === "Bot" ? [body.replaceAll(/[\\\u200b]/g, "")] : []));

/** Lets the time of every override pass. */
async function timePasses(): Promise<void> {
  const { server } = shared.app;
  await server.database.query("update portcullis.overrides set until = now() where ended_at is null");
  await server.services.queue.send("overrides", { reason: "test" });
  await until(
    async () => (await server.database.query("select 1 from portcullis.overrides where ended_at is null")).length === 0,
    "overrides to end",
  );
  await shared.app.idle();
}

test("an override lets one head through, says who and why, and ends by itself", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  const comment = ask(pull, "olga", "production is down, see @acme/all");
  const green = await verdict(pull);
  expect(green.conclusion).toBe("success");
  expect(green.title).toMatch(/^Overridden by @olga until \d\d:\d\d UTC: 1 finding blocks in 1 file/);
  expect(green.summary).toMatch(
    /^\*\*Override\*\*: @olga has overridden this check until .+: production is down, see @acme\/all\. The issue #\d+ must/,
  );
  expect(green.summary).toContain("container main uses a tag that moves");
  expect(comment.reactions.map(({ content }) => content)).toEqual(["+1"]);
  expect(repository.issues).toMatchObject([
    {
      state: "open",
      title: `Portcullis was overridden in #${pull.number}`,
      body: expect.stringContaining("production is down"),
    },
  ]);
  await timePasses();
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  const recorded = await shared.app.server.database.query<{ body: string }>(
    "select body from portcullis.audit where kind = 'override' and repository_id = $1 order by sequence",
    [repository.id],
  );
  expect(recorded.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { state: "granted", by: "olga", head: pull.headSha, issue: repository.issues[0]?.number },
    { state: "ended", by: "olga", head: pull.headSha },
  ]);
});

test("an override is of one head and one base branch: a push, and a retarget, end it", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  await github.pushCommit(repository, "release", { "README.md": "release\n" }, { from: "main" });
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("success");
  await github.retarget(pull, "release");
  expect((await verdict(pull)).conclusion).toBe("failure");
  await github.retarget(pull, "main");
  expect((await verdict(pull)).conclusion).toBe("success");
  await github.pushToPull(pull, { "README.md": "more\n" }, { by: person("dev") });
  expect((await verdict(pull)).conclusion).toBe("failure");
});

test.each<[string, string, string, string | undefined]>([
  [
    "the author, though of the team",
    "dev",
    "production is down",
    "who opened the pull request cannot override its check",
  ],
  ["somebody outside the team", "bob", "production is down", "only members of @acme/oncall may override"],
  ["somebody without a reason", "olga", "", "expected a reason of at least 10 characters"],
])("%s is refused, and told why", async (_, login, reason, why) => {
  const { repository, pull } = await blocked();
  const comment = ask(pull, login, reason);
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect(comment.reactions.map(({ content }) => content)).toEqual(["-1"]);
  expect(answers(repository)).toEqual([expect.stringContaining(`The override was refused: ${why}`)]);
  expect(repository.issues).toEqual([]);
});

test("without `override` in the configuration nobody overrides, and a change that brings it counts for nothing", async () => {
  const { repository, pull } = await blocked("");
  await shared.github.pushToPull(
    pull,
    { "portcullis.yaml": rules(OVERRIDE)["portcullis.yaml"]! },
    { by: person("dev") },
  );
  const shown = await verdict(pull);
  expect(shown.summary).toContain("lets members of @acme/oncall override the check for 60 minutes");
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect(answers(repository)).toEqual([expect.stringContaining("overrides are switched off")]);
});

test("without the permission to open an issue there is no override", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  const installation = github.world.installations[0]!;
  const all = installation.permissions;
  installation.permissions = { ...all, issues: "read" };
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect(answers(repository)).toEqual([expect.stringContaining("has not granted Portcullis issues: write")]);
  installation.permissions = all;
});

test("an answer that is lost opens no second issue", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  const fault = github.fault({ kind: "lost-answer" }, { operation: "issues/create", times: 1 });
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("success");
  expect(fault.hits).toBe(1);
  expect(repository.issues).toHaveLength(1);
});

test("the issue is opened again until a follow-up is written", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  ask(pull);
  await verdict(pull);
  const issue = repository.issues[0]!;
  github.closeIssue(repository, issue, person("olga"), "done");
  await verdict(pull);
  expect(issue.state).toBe("open");
  expect(answers(repository)).toEqual([expect.stringContaining("closed without a follow-up")]);
  github.closeIssue(repository, issue, person("olga"), "The registry was down; images are mirrored now.");
  await verdict(pull);
  expect(issue.state).toBe("closed");
});

test("what could not be judged can be let through, too", async () => {
  const { github, app } = shared;
  const { pull } = await blocked();
  await github.pushToPull(pull, { "apps/web.yaml": "kind: [\n" }, { by: person("dev") });
  expect((await verdict(pull)).conclusion).toBe("failure");
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("success");
  await app.idle();
});

test("a change of rules is not let through where it could not be judged", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  const other = await github.proposeFiles(
    repository,
    { "apps/web.yaml": deployment("nginx:latest"), "policies/tag.rego": `${NO_LATEST}\n# the same\n` },
    { by: person("dev") },
  );
  for (const one of [pull, other]) {
    await verdict(one);
    ask(one);
    expect((await verdict(one)).conclusion).toBe("success");
  }
  const fault = github.fault({ kind: "status", status: 502 }, { operation: "git/*", times: Infinity });
  // Other work fails meanwhile too, so that the App may not come to rest.
  const judgedAgain = async (one: PullRequest) => {
    const before = github.runsOf(one).length;
    await github.rerequestCheck(await shared.app.concluded(one));
    await until(() => github.runsOf(one).length > before, "another run");
    return shared.app.concluded(one);
  };
  expect((await judgedAgain(pull)).conclusion).toBe("success");
  const red = await judgedAgain(other);
  expect(red.conclusion).toBe("failure");
  expect(red.summary?.replaceAll(/[\\\u200b]/g, "")).toContain(
    "The override of @olga does not count: it could not be judged, and changes rules: policies/tag.rego",
  );
  fault.lift();
});

test("where GitHub does not tell what a head changes that could not be judged, an override is refused", async () => {
  const { github } = shared;
  const { repository, pull } = await blocked();
  const installation = github.world.installations[0]!;
  const all = installation.permissions;
  const { contents: _, ...rest } = all;
  github.grant(installation, rest);
  await github.settle();
  await github.rerequestCheck(await shared.app.concluded(pull));
  expect((await verdict(pull)).title).toBe("Gate could not evaluate");
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect(answers(repository)).toEqual([
    expect.stringContaining("of the default branch cannot be read, so that it may change rules"),
  ]);
  github.grant(installation, all);
  await github.settle();
});

test("a merge group is let through for that very head alone", async () => {
  const { github, app } = shared;
  const { repository, pull } = await blocked();
  github.protect(repository, "main", {
    checks: [{ context: "portcullis", integrationId: github.appId }],
    mergeQueue: true,
  });
  ask(pull);
  expect((await verdict(pull)).conclusion).toBe("success");
  const head = await github.addToMergeQueue(pull);
  await app.idle();
  expect(repository.runs.findLast(({ headSha }) => headSha === head)).toMatchObject({
    conclusion: "success",
    title: expect.stringContaining("Overridden by @olga"),
  });
  expect(pull.merged).toBeDefined();
});

test("what owners have not approved is not overridden", async () => {
  const owned = `${OVERRIDE}owners: { "**": ["@olga"] }\nlevels: { main: deny }\n`;
  const { github } = shared;
  const { repository, pull } = await blocked(owned);
  const loosened = rules(owned.replace("deny", "warn"))["portcullis.yaml"]!;
  await github.pushToPull(pull, { "portcullis.yaml": loosened }, { by: person("dev") });
  expect((await verdict(pull)).conclusion).toBe("failure");
  ask(pull);
  const still = await verdict(pull);
  expect(still.conclusion).toBe("failure");
  expect(still.title).toMatch(/^Needs approval of @olga/);
  expect(repository.issues).toHaveLength(1);
});
