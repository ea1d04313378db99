import type { Octokit } from "octokit";
import { readBranchNames, readBranchProtection, readBranchRules, readRuleset } from "./branch-rules.ts";
import { annotate, concludeRun, createRun, findRun, readOutput, readRun, readRuns } from "./checks.ts";
import { readTreeId } from "./judged-trees.ts";
import {
  accountExists,
  readAccountOf,
  readBaseChange,
  readCommits,
  readPermission,
  readProposal,
  readReviews,
} from "./proposals.ts";
import {
  mayWrite,
  readChangedFiles,
  readFile,
  readLastChange,
  readMergeBase,
  readOpenPullRequests,
  readPullRequest,
  readRepository,
} from "./pulls.ts";
import { readParents } from "./judged-trees.ts";
import { commentOnce, react } from "./reactions.ts";
import { createReview, deleteReviewComment, readReviewComments, updateReview, updateReviewComment } from "./reviews.ts";

const CALLS = {
  accountExists,
  annotate,
  commentOnce,
  concludeRun,
  createReview,
  createRun,
  deleteReviewComment,
  findRun,
  mayWrite,
  react,
  readAccountOf,
  readBaseChange,
  readBranchNames,
  readBranchProtection,
  readBranchRules,
  readChangedFiles,
  readCommits,
  readLastChange,
  readMergeBase,
  readOutput,
  readOpenPullRequests,
  readParents,
  readPermission,
  readProposal,
  readPullRequest,
  readRepository,
  readFile,
  readReviewComments,
  readReviews,
  readRuleset,
  readRun,
  readRuns,
  readTreeId,
  updateReview,
  updateReviewComment,
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
