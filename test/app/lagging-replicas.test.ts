import { expect, test } from "@jest/globals";
import { deployment, NO_LATEST, rules } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { shareApp } from "./shared-app.ts";

const shared = shareApp();

test("stricter rules take effect although Git answers with the branch as it was before the push", async () => {
  const { github, app } = shared;
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": deployment("nginx:1.27") });
  const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:1.28") });
  expect(await shared.verdict(pull)).toMatchObject({ conclusion: "success" });

  const replica = await github.lag(repository);
  const [seen, told] = [github.calls.length, github.deliveries.length];
  await github.pushCommit(repository, "main", {
    "policies/tag.rego": NO_LATEST.replace('":latest"', '":1.28"'),
  });
  await until(() => github.deliveries.length > told, "the webhook of the push");
  const stale = (): boolean => github.calls.slice(seen).some(({ operation }) => operation === "git/upload-pack");
  await until(stale, "the App to have read the branch as it was");
  replica.catchUp();
  await until(() => github.runsOf(pull, "portcullis").length > 1, "the pull request to be judged again");
  expect(await shared.verdict(pull)).toMatchObject({ conclusion: "failure" });
  expect(app.log.join("")).toContain("GitHub answers with an older state");
});

const STRICTER = `${NO_LATEST}
deny contains "1.26 is too old" if {
  some container in input.spec.template.spec.containers
  endswith(container.image, ":1.26")
}
`;
const GOOD = deployment("nginx:1.28");
const BAD = deployment("nginx:latest");

test.each([3, 30])("REST that is %s s behind leads to the right verdicts, and to no other", async (seconds) => {
  const { github, app } = shared;
  const repository = await shared.repositoryWith({ ...rules(), "apps/web.yaml": deployment("nginx:1.27") });
  const [better, worse, old] = [
    await github.proposeFiles(repository, { "apps/web.yaml": BAD }),
    await github.proposeFiles(repository, { "apps/web.yaml": GOOD }),
    await github.proposeFiles(repository, { "apps/old.yaml": deployment("nginx:1.26", "old") }),
  ];
  await app.idle();
  const before = repository.runs.length;

  const replica = await github.lagRest(repository, seconds);
  await github.pushToPull(better, { "apps/web.yaml": GOOD });
  await github.pushToPull(worse, { "apps/web.yaml": BAD });
  const opened = await github.proposeFiles(repository, { "apps/new.yaml": deployment("nginx:latest", "new") });
  // Stricter rules, which the third change does not meet.
  await github.pushCommit(repository, "main", { "policies/tag.rego": STRICTER });
  await app.idle();
  replica.catchUp();
  await app.idle();
  const told = repository.runs.slice(before).map(({ headSha, conclusion }) => [headSha, conclusion]);
  expect(github.runsOf(old).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(new Set(told.filter(([head]) => head === old.headSha).map(([, conclusion]) => conclusion))).toEqual(
    new Set(["failure"]),
  );
  expect(github.runsOf(better).at(-1)).toMatchObject({ conclusion: "success" });
  expect(github.runsOf(worse).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(github.runsOf(opened).at(-1)).toMatchObject({ conclusion: "failure" });
  expect(new Set(told.map(([head]) => head))).toEqual(
    new Set([better, worse, opened, old].map(({ headSha }) => headSha)),
  );
});
