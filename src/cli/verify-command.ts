import type { Octokit } from "octokit";
import { envelopesIn, sigstoreBundle } from "../app/evidence/evidence-text.ts";
import { readCheckTexts, readHeadsOf } from "../github/judged-trees.ts";
import type { Place } from "../github/pulls.ts";
import type { Envelope } from "../model/evidence.ts";
import { openGitHub, whyNoAnswer } from "./open-github.ts";
import { judgedCommit, type CommitAnswer } from "./judged-commit.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis verify`. */
export interface VerifyOptions {
  readonly commit: string;
  readonly repository?: string;
  readonly appId?: string;
  readonly check: string;
}

/** Runs `portcullis verify`: prints what GitHub knows about the tree of a commit. Returns the exit code. */
export async function verifyCommand(options: VerifyOptions): Promise<number> {
  const { commit } = options;
  return asked(options, async (octokit, place, appId) =>
    say(await judgedCommit(octokit, place, commit, { appId, name: options.check }), commit),
  );
}

/** Runs `portcullis evidence`: prints the newest evidence about a commit that a check of the App shows. Returns the exit code. */
export async function evidenceCommand(
  options: Omit<VerifyOptions, "check"> & { readonly output: "envelope" | "bundle" },
): Promise<number> {
  const { commit } = options;
  return asked(options, async (octokit, place, appId) => {
    const heads = new Set([commit, ...(await readHeadsOf(octokit, place, commit))]);
    const found: Envelope[] = [];
    for (const head of heads)
      for (const text of await readCheckTexts(octokit, place, head, appId))
        found.push(...envelopesIn(text).filter((envelope) => isNamedIn(envelope, commit)));
    const newest = found.at(-1);
    if (newest === undefined) {
      process.stderr.write(
        `error: no check of App ${appId} shows evidence about commit ${commit.slice(0, 12)}: it was not merged by a pull request into a gated branch, or the server signs none\n`,
      );
      return 2;
    }
    process.stdout.write(`${JSON.stringify(options.output === "bundle" ? sigstoreBundle(newest) : newest)}\n`);
    return 0;
  });
}

/** Whether an envelope claims to be about a commit. Who trusts it must check its signature. */
function isNamedIn({ payload }: Envelope, commit: string): boolean {
  return Buffer.from(payload, "base64").toString("utf8").includes(`"gitCommit":"${commit}"`);
}

/** Asks GitHub as the options and the environment say. Returns the exit code. */
async function asked(
  options: Omit<VerifyOptions, "check">,
  ask: (octokit: Octokit, place: Place, appId: number) => Promise<number>,
): Promise<number> {
  const place = placeOf(options.repository ?? process.env["GITHUB_REPOSITORY"]);
  const appId = appIdOf(options.appId ?? process.env["PORTCULLIS_APP_ID"]);
  const { commit } = options;
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) {
    throw new UsageError(`--commit ${commit}: expected a full commit id, as git rev-parse prints it`);
  }
  const token = process.env["GITHUB_TOKEN"] ?? "";
  if (token === "") throw new UsageError("GITHUB_TOKEN is not set: expected a token that can read checks");
  const github = openGitHub(token);
  try {
    return await ask(github.octokit, place, appId);
  } catch (error) {
    const reason = whyNoAnswer(error);
    if (reason === undefined) throw error;
    process.stderr.write(`error: GitHub did not answer for ${place.owner}/${place.repo}: ${reason}\n`);
    return 2;
  } finally {
    await github.close();
  }
}

function say(answer: CommitAnswer, commit: string): number {
  const about = `commit ${commit.slice(0, 12)} (tree ${answer.tree.slice(0, 12)})`;
  switch (answer.kind) {
    case "judged": {
      const passed = answer.check.conclusion === "success";
      const where = answer.check.url === null ? "" : `: ${answer.check.url}`;
      process.stdout.write(`${about}: judged and ${passed ? "passed" : "not passed"}${where}\n`);
      return passed ? 0 : 1;
    }
    case "in progress":
      process.stdout.write(`${about}: still being judged\n`);
      return 2;
    case "other trees":
      process.stdout.write(
        `${about}: not judged. Its pull request was judged as another tree, because the base changed before the merge. Require branches to be up to date, or use a merge queue\n`,
      );
      return 2;
    case "never":
      process.stdout.write(`${about}: not judged\n`);
      return 2;
    default:
      return answer satisfies never;
  }
}

function placeOf(named: string | undefined): Place {
  const [owner = "", repo = "", ...rest] = (named ?? "").split("/");
  if (owner === "" || repo === "" || rest.length > 0) {
    throw new UsageError(`--repository ${named ?? "is missing"}: expected owner/name`);
  }
  return { owner, repo };
}

function appIdOf(named: string | undefined): number {
  if (named === undefined) {
    throw new UsageError(
      "--app-id is missing: expected the id of the App, because any workflow can create a check with this name",
    );
  }
  if (!/^[1-9]\d*$/.test(named)) throw new UsageError(`--app-id ${named}: expected a number`);
  return Number(named);
}
