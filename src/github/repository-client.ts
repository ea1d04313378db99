import type { Octokit } from "octokit";
import { annotate, concludeRun, createRun, findRun, readRun } from "./checks.ts";
import { mayWrite, readMergeBase, readOpenPullRequests, readPullRequest, readRepository } from "./pulls.ts";
import { react } from "./reactions.ts";
import { createReview, readReviewComments } from "./reviews.ts";

const CALLS = {
  annotate,
  concludeRun,
  createReview,
  createRun,
  findRun,
  mayWrite,
  react,
  readMergeBase,
  readOpenPullRequests,
  readPullRequest,
  readRepository,
  readReviewComments,
  readRun,
};

type Bound<F> = F extends (octokit: Octokit, ...rest: infer A) => infer R ? (...rest: A) => R : never;

/**
 * Every call of GitHub's API that the App makes in one repository, without octokit as first parameter. A job names the few
 * that it uses with `Pick`, so that a test can pass an object whose methods are the answers.
 */
export type RepositoryClient = { readonly [N in keyof typeof CALLS]: Bound<(typeof CALLS)[N]> };

/** The calls made with one octokit client. They reject with octokit's errors; `failureOf` interprets these. */
export function repositoryClient(octokit: Octokit): RepositoryClient {
  const bound = Object.entries(CALLS).map(([name, call]) => [name, (call as Call).bind(undefined, octokit)]);
  return Object.fromEntries(bound) as RepositoryClient;
}

type Call = (octokit: Octokit, ...rest: never[]) => unknown;
