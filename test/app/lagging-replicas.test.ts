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
