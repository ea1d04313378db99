import type { Place } from "../../github/pulls.ts";
import type { CommitCheck } from "../../model/rollback.ts";
import { judgedCommit, type CommitAnswer } from "../judged-commit.ts";
import { openGitHub, whyNoAnswer } from "../open-github.ts";
import { UsageError } from "../usage-error.ts";

/** Where the checks of a branch are, as the command line says. */
export interface CheckOptions {
  readonly repository?: string;
  readonly appId?: string;
  readonly check?: string;
}

/** Tells what the gate said about commits. The caller must close it. */
export interface CommitChecks {
  of(commit: string): Promise<CommitCheck>;
  close(): Promise<void>;
}

/**
 * Opens what GitHub knows about commits of a repository. Without a token, an App or a repository nothing is asked, and nothing is
 * known; what GitHub does not answer is not known either.
 */
export function openCommitChecks(options: CheckOptions, remotes: readonly string[], name: string): CommitChecks {
  const appId = appIdOf(options.appId ?? setting("PORTCULLIS_APP_ID"));
  const named = options.repository ?? setting("GITHUB_REPOSITORY");
  const place = named === undefined ? remotePlace(remotes) : placeIn(named);
  if (named !== undefined && place === undefined) throw new UsageError(`--repository ${named}: expected owner/name`);
  const token = setting("GITHUB_TOKEN");
  const missing =
    token === undefined
      ? "no GITHUB_TOKEN"
      : appId === undefined
        ? "no --app-id"
        : place === undefined
          ? "no --repository"
          : undefined;
  if (token === undefined || place === undefined || appId === undefined) {
    const unknown: CommitCheck = { state: "unknown", reason: missing ?? "nothing to ask" };
    return { of: async () => unknown, close: async () => {} };
  }
  const github = openGitHub(token);
  const known = new Map<string, Promise<CommitCheck>>();
  let failed: CommitCheck | undefined;
  const ask = async (commit: string): Promise<CommitCheck> => {
    if (failed !== undefined) return failed;
    try {
      return checkOf(await judgedCommit(github.octokit, place, commit, { appId, name: options.check ?? name }));
    } catch (error) {
      const reason = whyNoAnswer(error);
      if (reason === undefined) throw error;
      return (failed ??= { state: "unknown", reason: `GitHub did not answer: ${reason}` });
    }
  };
  return {
    of: (commit) => {
      const asked = known.get(commit) ?? ask(commit);
      known.set(commit, asked);
      return asked;
    },
    close: () => github.close(),
  };
}

/** Pipelines set what they do not have to nothing. */
function setting(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

function checkOf(answer: CommitAnswer): CommitCheck {
  switch (answer.kind) {
    case "judged": {
      const { conclusion, url } = answer.check;
      return { state: conclusion === "success" ? "passed" : "failed", ...(url === null ? {} : { url }) };
    }
    case "in progress":
      return { state: "unknown", reason: "still being judged" };
    case "other trees":
      return { state: "unknown", reason: "its pull request was judged as another tree" };
    case "never":
      return { state: "unknown", reason: "not judged" };
    default:
      return answer satisfies never;
  }
}

function appIdOf(named: string | undefined): number | undefined {
  if (named === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(named)) throw new UsageError(`--app-id ${named}: expected a number`);
  return Number(named);
}

function placeIn(named: string): Place | undefined {
  const [owner = "", repo = "", ...rest] = named.split("/");
  return owner === "" || repo === "" || rest.length > 0 ? undefined : { owner, repo };
}

/** The repository that the remotes of the clone name, if they all name one. */
function remotePlace(remotes: readonly string[]): Place | undefined {
  const paths = remotes.map((url) => /[/:]([^/:]+\/[^/:]+?)(?:\.git)?\/?$/.exec(url)?.[1]);
  const [first] = paths;
  return first === undefined || paths.some((path) => path !== first) ? undefined : placeIn(first);
}
