import { expect, test } from "@jest/globals";
import { startApp, QUERY_PAUSE } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub } from "../support/github/server.ts";
import { until } from "../support/until.ts";

test("while GitHub is slow to answer about one repository, deliveries about another become work", async () => {
  const github = await startGitHub();
  const app = await startApp(github);
  const files = { ...rules(), "apps/web.yaml": deployment("nginx:1.27") };
  const slow = await github.createRepository({ fullName: "acme/slow", files });
  const other = await github.createRepository({ fullName: "acme/other", files });
  const pull = await github.proposeFiles(slow, { "apps/web.yaml": deployment("nginx:1.28") });
  await app.idle();
  let answer = (): void => undefined;
  const held = new Promise<void>((done) => (answer = done));
  const operation = "repos/get-collaborator-permission-level";
  github.fault({ kind: "held", until: held }, { operation, times: Infinity });
  const comment = github.comment(pull, "/portcullis recheck", slow.owner);
  const quick = await github.proposeFiles(other, { "apps/web.yaml": deployment("nginx:1.28") });
  await until(
    async () => {
      const rows = await app.server.database.query("select key from portcullis.work where key = $1", [
        `pull:${other.id}:${quick.number}`,
      ]);
      return rows.length > 0;
    },
    "work on the other repository",
    QUERY_PAUSE,
  );
  expect(comment.reactions).toEqual([]);
  answer();
  await app.idle();
  expect(comment.reactions.map(({ content }) => content)).toEqual(["+1"]);
  expect(github.runsOf(pull, "portcullis")).toHaveLength(2);
  expect(github.violations).toEqual([]);
  await app.stop();
  await github.close();
});
