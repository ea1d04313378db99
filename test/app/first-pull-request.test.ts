import { expect, test } from "@jest/globals";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();
const BAD = deployment("nginx:latest");
const existing = { "apps/web.yaml": BAD, "apps/api.yaml": deployment("api:latest", "api") };

test("a first pull request with good rules is judged by them as a preview, and what exists does not block it", async () => {
  const { github, app } = shared;
  const repository = await shared.repositoryWith(existing);
  const pull = await github.proposeFiles(repository, rules());
  const { conclusion, title, summary } = await shared.verdict(pull);
  expect(conclusion).toBe("success");
  expect(title).toMatch(/^Preview: /);
  expect(summary).toContain("This change would enroll the repository");
  expect(summary).toContain("take effect once it is merged into main");
  expect(summary).toMatch(
    /The repository already has 2 findings: main in Deployment shop\/api \\\(apps\/api\.yaml:14\\\)/,
  );
  expect(summary).toContain("check --base origin/main --config portcullis.yaml");
  expect(await github.merge(pull)).toMatchObject({ kind: "merged" });
  await app.idle();
  const next = await github.proposeFiles(repository, { "apps/new.yaml": deployment("new:latest", "new") });
  expect(await shared.verdict(next)).toMatchObject({
    conclusion: "failure",
    title: expect.not.stringMatching(/^Prev/),
  });
});

const policies = { "policies/tag.rego": NO_LATEST };

test.each<[string, Readonly<Record<string, string>>, { path: string; start_line: number; message: RegExp }]>([
  [
    "a mistyped key",
    { ...policies, "portcullis.yaml": "version: 1\npolicys: [policies]\n" },
    { path: "portcullis.yaml", start_line: 2, message: /did you mean "policies"/ },
  ],
  [
    "a policy that does not compile, though the rules would only report",
    {
      "portcullis.yaml": "version: 1\npolicies: [policies]\nmode: report\n",
      "policies/tag.rego": "package main\n\ndeny contains x if {\n",
    },
    { path: "policies/tag.rego", start_line: 3, message: /./ },
  ],
  [
    "a policy whose test fails",
    { ...rules(), "policies/tag_test.rego": "package main_test\n\ntest_no if {\n  false\n}\n" },
    { path: "policies/tag_test.rego", start_line: 4, message: /test_no failed/ },
  ],
  [
    "a pattern that matches nothing, though the rules would only report",
    { ...policies, "portcullis.yaml": 'version: 1\nmode: report\nmanifests: { include: ["aps/**"] }\n' },
    { path: "portcullis.yaml", start_line: 3, message: /matches no file/ },
  ],
  [
    "a branch that does not exist",
    { ...rules("branches: [stable]\n") },
    { path: "portcullis.yaml", start_line: 4, message: /no branch of the repository matches "stable"/ },
  ],
  [
    "the wrong name of the file",
    { ...policies, "portcullis.yml": "version: 1\npolicies: [policies]\n" },
    { path: "portcullis.yml", start_line: 1, message: /must be called portcullis\.yaml/ },
  ],
])("a first pull request with %s is refused at its line", async (_, files, { path, start_line: line, message }) => {
  const repository = await shared.repositoryWith(existing);
  const pull = await shared.github.proposeFiles(repository, files);
  expect((await shared.verdict(pull)).conclusion).toBe("failure");
  const annotations = (await shared.app.concluded(pull)).annotations.filter(
    (one) => one.annotation_level === "failure",
  );
  expect(annotations).toContainEqual(
    expect.objectContaining({ path, start_line: line, message: expect.stringMatching(message) }),
  );
});

test("a first pull request is refused for what it breaks itself, and mergeable where its rules only report", async () => {
  const repository = await shared.repositoryWith({ "apps/web.yaml": deployment("nginx:1.27") });
  const worse = { "apps/web.yaml": BAD };
  const enforcing = await shared.github.proposeFiles(repository, { ...rules(), ...worse });
  expect(await shared.verdict(enforcing)).toMatchObject({ conclusion: "failure" });
  const reporting = await shared.github.proposeFiles(repository, { ...rules("mode: report\n"), ...worse });
  expect(await shared.verdict(reporting)).toMatchObject({
    conclusion: "success",
    title: expect.stringMatching(/^Preview: report only/),
  });
});

test("a pull request that does not bring rules into a repository without is not judged", async () => {
  const repository = await shared.repositoryWith(existing);
  const pull = await shared.github.proposeFiles(repository, { "apps/new.yaml": deployment("new:latest", "new") });
  expect(await shared.verdict(pull)).toMatchObject({ conclusion: "success", title: "Not enrolled, nothing judged" });
});

test("what passed before there were rules is blocked once there are some that do not compile", async () => {
  const repository = await shared.repositoryWith(existing);
  const pull = await shared.github.proposeFiles(repository, { "apps/new.yaml": deployment("new:latest", "new") });
  expect((await shared.verdict(pull)).conclusion).toBe("success");
  const broken = { ...rules(), "policies/tag.rego": "package main\n\ndeny contains x if {\n" };
  await shared.github.pushCommit(repository, "main", broken);
  await shared.app.idle();
  expect((await shared.verdict(pull)).conclusion).toBe("failure");
});
