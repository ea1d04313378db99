import { expect, test } from "@jest/globals";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { LOOSENED, OWNED, ownedRepositories } from "./owned.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

const { owned, person, security, loosen, approvedBy, verdict } = ownedRepositories(shared);

test("what loosens rules waits for an owner, says so at its line, and passes when they approve", async () => {
  const { github } = shared;
  const repository = await owned();
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const pull = await loosen(repository);
  const red = await verdict(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.title).toMatch(/^Needs approval of @acme\/security: 1 finding blocks in 1 file/);
  expect((await shared.app.concluded(pull)).annotations).toContainEqual(
    expect.objectContaining({
      path: "portcullis.yaml",
      start_line: 5,
      annotation_level: "failure",
      message: expect.stringContaining("lowers main from deny to warn: needs approval of @acme/security."),
    }),
  );
  expect(await github.merge(pull)).toMatchObject({ kind: "refused" });
  // Bob may write and owns nothing.
  const other = await approvedBy(pull, "bob");
  expect(other.conclusion).toBe("failure");
  expect(other.summary).toContain("The approval of @bob does not count: they own nothing of what needs an approval");
  const green = await approvedBy(pull, "alice");
  expect(green.conclusion).toBe("success");
  expect(green.summary).toContain("approved by @alice");
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
  const [recorded] = await shared.app.server.database.query<{ body: string }>(
    "select body from portcullis.audit where kind = 'approval' and repository_id = $1",
    [repository.id],
  );
  expect(JSON.parse(recorded?.body ?? "{}")).toEqual({
    state: "approved",
    head: pull.headSha,
    by: "alice",
    what: ["portcullis.yaml:5 lowers main from deny to warn"],
  });
});

test("an approval that is dismissed, or followed by a request for changes, counts no longer", async () => {
  const { github } = shared;
  const repository = await owned();
  const pull = await loosen(repository);
  await github.settle();
  const review = await github.review(pull, person("alice"));
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("success");
  await github.dismissReview(pull, review);
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
  await github.review(pull, person("alice"), "CHANGES_REQUESTED");
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("failure");
  const recorded = await shared.app.server.database.query<{ body: string }>(
    "select body from portcullis.audit where kind = 'approval' and repository_id = $1 order by sequence",
    [repository.id],
  );
  expect(recorded.map(({ body }) => (JSON.parse(body) as { state: string }).state)).toEqual([
    "approved",
    "dismissed",
    "approved",
    "dismissed",
  ]);
});

test("an approval is of one head: a push ends it, and a force push back to that head does not revive a dismissed one", async () => {
  const { github } = shared;
  const repository = await owned();
  const pull = await loosen(repository);
  const first = pull.headSha;
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
  await github.pushToPull(pull, { "README.md": "more\n" }, { by: person("dev") });
  await github.settle();
  const stale = await verdict(pull);
  expect(stale.conclusion).toBe("failure");
  expect(stale.summary).toContain(`it is of ${first.slice(0, 12)}, and the head is ${pull.headSha.slice(0, 12)}`);
  const [review] = pull.reviews.filter(({ state }) => state === "APPROVED");
  await github.dismissReview(pull, review!);
  await github.pushRef(repository, pull.head.name, first, person("dev"));
  await github.settle();
  expect(pull.headSha).toBe(first);
  expect((await verdict(pull)).conclusion).toBe("failure");
});

test.each<[string, (repository: Repository) => Promise<PullRequest>, string]>([
  ["its author, who is an owner", (repository) => loosen(repository, person("alice")), "they opened the pull request"],
  [
    "an owner who edited it in the browser",
    async (repository) => {
      const pull = await loosen(repository);
      person("web-flow");
      await shared.github.pushToPull(pull, { "README.md": "x\n" }, { by: person("alice"), inBrowser: true });
      return pull;
    },
    "they are author of",
  ],
  [
    "an owner who pushed under another's name",
    async (repository) => {
      const pull = await loosen(repository);
      const options = { by: person("dev"), pushedBy: person("alice") };
      await shared.github.pushToPull(pull, { "README.md": "x\n" }, options);
      // A later push of somebody else hides nothing.
      await shared.github.pushToPull(pull, { "README.md": "y\n" }, { by: person("dev") });
      return pull;
    },
    "they pushed to the pull request",
  ],
  [
    "an owner who is co-author",
    async (repository) => {
      const pull = await loosen(repository);
      const message = "Change it\n\nCo-authored-by: A. L. <alice@example.invalid>";
      // GitHub knows the address by what alice has committed before.
      await shared.github.pushCommit(repository, "main", { "README.md": "alice\n" }, { by: person("alice") });
      await shared.github.pushToPull(pull, { "x.md": "x\n" }, { by: person("dev"), message });
      return pull;
    },
    "they are co-author of",
  ],
  [
    "nobody in particular, where a commit has no known author",
    async (repository) => {
      const pull = await loosen(repository);
      const stranger = { ...person("dev"), login: "laptop.local-user" };
      await shared.github.pushToPull(pull, { "x.md": "x\n" }, { by: stranger });
      return pull;
    },
    "GitHub knows no account of the author of",
  ],
])("an approval does not count of %s", async (_, propose, why) => {
  const pull = await propose(await owned());
  await shared.github.settle();
  const { conclusion, summary } = await approvedBy(pull, "alice");
  expect(conclusion).toBe("failure");
  expect(summary).toContain(why);
});

test("who left the team, joins it, or may write no longer, is noticed", async () => {
  const { github } = shared;
  const repository = await owned();
  const pull = await loosen(repository);
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
  github.leaveTeam(security(), person("alice"));
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("failure");
  github.joinTeam(security(), person("alice"));
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("success");
  github.collaborate(repository, person("alice"), "read");
  // No webhook tells of it: the comparison with GitHub does.
  await shared.app.server.services.store.enqueueWork({
    kind: "rules",
    installation: github.world.installations[0]!.id,
    repository: { id: repository.id, owner: "acme", name: repository.name },
  });
  await shared.app.idle();
  const { conclusion, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(summary).toContain("they may not write to the repository");
});

test("members of teams below count, and those of a team that was renamed do not", async () => {
  const { github } = shared;
  const repository = await owned('owners: { "**": ["@acme/platform"] }\nlevels: { main: deny }\n');
  const platform = github.createTeam(repository.owner, "platform", []);
  github.createTeam(repository.owner, "platform-eu", [person("bob")], platform);
  const pull = await loosen(repository);
  expect((await approvedBy(pull, "bob")).conclusion).toBe("success");
  github.renameTeam(platform, "infrastructure");
  await github.settle();
  const { conclusion, title, summary } = await verdict(pull);
  expect(conclusion).toBe("failure");
  expect(title).toMatch(/^Needs approval of an administrator of the repository/);
  expect(summary).toContain("GitHub knows no @acme/platform: it may have been renamed or deleted");
});

test.each<[string, { readonly [path: string]: string | null }, string, string]>([
  [
    "edits a policy, in whatever way",
    { "policies/tag.rego": NO_LATEST.replace("a tag that moves", "another tag") },
    "policies/tag.rego:8",
    "edits policies/tag.rego (main)",
  ],
  [
    "adds a policy",
    {
      "policies/more.rego":
        '# METADATA\n# title: No Secrets\npackage more\n\ndeny contains "a Secret" if input.kind == "Secret"\n',
    },
    "policies/more.rego:1",
    "adds policies/more.rego (more)",
  ],
  ["edits data", { "limits/limits.json": '{"most": 9}\n' }, "limits/limits.json:1", "edits limits/limits.json"],
  [
    "changes the owners",
    { "portcullis.yaml": rules(`data: [limits]\n${OWNED.replace("@acme/security", "@bob")}`)["portcullis.yaml"]! },
    "portcullis.yaml:5",
    "gives other owners to main",
  ],
  [
    "asks owners no more",
    { "portcullis.yaml": rules(`data: [limits]\n${OWNED}approvals: off\n`)["portcullis.yaml"]! },
    "portcullis.yaml:7",
    "edits approvals in portcullis.yaml",
  ],
])("an owner is asked by a change that %s", async (_, files, place, what) => {
  const repository = await owned(`data: [limits]\n${OWNED}`, { "limits/limits.json": '{"most": 3}\n' });
  const pull = await shared.github.proposeFiles(repository, files, { by: person("dev") });
  const red = await verdict(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.title).toContain("Needs approval of @acme/security");
  const [path, line] = place.split(":");
  expect((await shared.app.concluded(pull)).annotations).toContainEqual(
    expect.objectContaining({ path, start_line: Number(line), message: expect.stringContaining(what) }),
  );
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
});

test("owners are asked by what they own alone, and nobody is asked by what makes rules stricter", async () => {
  const repository = await owned(OWNED.replace("deny", "warn"));
  const stricter = { "portcullis.yaml": rules(OWNED)["portcullis.yaml"]! };
  const pull = await shared.github.proposeFiles(repository, stricter, { by: person("dev") });
  expect((await verdict(pull)).conclusion).toBe("success");
});

test("without owners, what is loosened is shown and passes", async () => {
  const repository = await owned("levels: { main: deny }\n");
  const pull = await shared.github.proposeFiles(
    repository,
    { "portcullis.yaml": rules("levels: { main: warn }\n")["portcullis.yaml"]! },
    { by: person("dev") },
  );
  const { conclusion, summary } = await verdict(pull);
  expect(conclusion).toBe("success");
  expect(summary).toContain("lowers main from deny to warn");
});

test("CODEOWNERS of the default branch decides, not that of the head, and a change of it needs its owners", async () => {
  const repository = await owned("approvals: on\n", { CODEOWNERS: "/policies/ @acme/security\n" });
  const pull = await shared.github.proposeFiles(
    repository,
    { CODEOWNERS: "* @bob\n", "policies/tag.rego": `${NO_LATEST}\n# the same\n` },
    { by: person("dev") },
  );
  const red = await verdict(pull);
  expect(red.title).toContain("Needs approval of @acme/security");
  expect((await approvedBy(pull, "bob")).conclusion).toBe("failure");
  const alone = await shared.github.proposeFiles(repository, { CODEOWNERS: "* @bob\n" }, { by: person("dev") });
  const told = await verdict(alone);
  expect(told.conclusion).toBe("failure");
  expect((await shared.app.concluded(alone)).annotations).toContainEqual(
    expect.objectContaining({ path: "CODEOWNERS", message: expect.stringContaining("gives other owners to main") }),
  );
});

test("a pull request from a fork is approved like any other", async () => {
  const { github } = shared;
  const repository = await owned();
  const stranger = person("stranger");
  const fork = await github.fork(repository, stranger);
  await github.pushCommit(fork, "work", { "portcullis.yaml": rules(LOOSENED)["portcullis.yaml"]! }, { by: stranger });
  const pull = await github.openPull(repository, { head: { repository: fork, name: "work" }, by: stranger });
  expect((await verdict(pull)).conclusion).toBe("failure");
  expect((await approvedBy(pull, "stranger")).conclusion).toBe("failure");
  expect((await approvedBy(pull, "alice")).conclusion).toBe("success");
});

test("where GitHub does not tell who is in a team, nothing passes", async () => {
  const { github } = shared;
  const pull = await loosen(await owned());
  await verdict(pull);
  const installation = github.world.installations[0]!;
  const { members: _, ...rest } = installation.permissions;
  const all = installation.permissions;
  github.grant(installation, rest);
  const { conclusion, summary } = await approvedBy(pull, "alice");
  expect(conclusion).toBe("failure");
  expect(summary).toContain("the installation has not granted Portcullis members: read");
  github.grant(installation, all);
  await github.settle();
  await github.rerequestCheck(await shared.app.concluded(pull));
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("success");
});

test("where GitHub does not answer, the check waits for it", async () => {
  const { github } = shared;
  const pull = await loosen(await owned());
  await verdict(pull);
  const fault = github.fault({ kind: "status", status: 502 }, { operation: "pulls/list-reviews", times: 2 });
  const { conclusion } = await approvedBy(pull, "alice");
  expect(fault.hits).toBe(2);
  expect(conclusion).toBe("success");
});

const waiver = (policy: string, expires: string): string => `- policy: "${policy}"
  match: { kind: Deployment, name: web, namespace: shop }
  reason: the vendor has no other image
  expires: ${expires}
`;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test("a waiver that a change brings counts for it once an owner of the policy has approved it", async () => {
  const { github } = shared;
  const repository = await owned();
  const soon = inDays(30);
  const files = { "apps/web.yaml": deployment("nginx:latest"), "waivers/web.yaml": waiver("main", soon) };
  const pull = await github.proposeFiles(repository, files, { by: person("dev") });
  const red = await verdict(pull);
  expect(red.conclusion).toBe("failure");
  expect(red.title).toMatch(/^Needs approval of @acme\/security: 2 findings block in 2 files/);
  expect((await shared.app.concluded(pull)).annotations).toContainEqual(
    expect.objectContaining({
      path: "waivers/web.yaml",
      start_line: 1,
      message: expect.stringContaining(`adds a waiver of main until ${soon}: needs approval of @acme/security.`),
    }),
  );
  const green = await approvedBy(pull, "alice");
  expect(green.conclusion).toBe("success");
  expect(green.summary).toContain("1 waived");
  // Longer than it was approved for: that is another waiver.
  await github.pushToPull(pull, { "waivers/web.yaml": waiver("main", inDays(60)) }, { by: person("dev") });
  await github.settle();
  expect((await verdict(pull)).conclusion).toBe("failure");
});

test("a waiver of several policies needs the owners of each, and one that is removed needs nobody", async () => {
  const config = 'owners: { "**": ["@acme/security"], "{kubernetes,changes}/*": ["@bob"] }\n';
  const repository = await owned(config, { "waivers/old.yaml": waiver("main", inDays(30)) });
  const wide = waiver("{main,kubernetes/schema}", inDays(20));
  const pull = await shared.github.proposeFiles(repository, { "waivers/wide.yaml": wide }, { by: person("dev") });
  expect((await verdict(pull)).title).toMatch(
    /^Needs approval of .*(@bob and @acme\/security|@acme\/security and @bob)/,
  );
  expect((await approvedBy(pull, "alice")).title).toMatch(/^Needs approval of @bob/);
  expect((await approvedBy(pull, "bob")).conclusion).toBe("success");
  const removal = await shared.github.proposeFiles(repository, { "waivers/old.yaml": null }, { by: person("dev") });
  expect((await verdict(removal)).conclusion).toBe("success");
});
