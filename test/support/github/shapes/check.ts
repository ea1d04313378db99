import { commitFacts } from "../git/facts.ts";
import { refSha } from "../git/refs.ts";
import type { Annotation, CheckRun, CheckSuite, PullRequest, Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";
import { nodeId } from "./account.ts";
import { appShape } from "./installation.ts";
import { htmlUrl, repositoryShape, repositoryUrl } from "./repository.ts";

/** A check sees only the pull requests of its own repository: for heads in forks the list is empty. */
async function pullsOfHead(world: World, repository: Repository, sha: string): Promise<JsonObject[]> {
  const own = repository.pulls.filter(
    (pull) => pull.headSha === sha && pull.state === "open" && pull.head.repository === repository,
  );
  return Promise.all(own.map((pull) => minimalPull(world, repository, pull)));
}

async function minimalPull(world: World, repository: Repository, pull: PullRequest): Promise<JsonObject> {
  const base = (await refSha(repository.directory, `refs/heads/${pull.base}`)) ?? pull.headSha;
  const repo = { id: repository.id, url: repositoryUrl(world, repository), name: repository.name };
  return {
    id: pull.id,
    number: pull.number,
    url: `${repositoryUrl(world, repository)}/pulls/${pull.number}`,
    head: { ref: pull.head.name, sha: pull.headSha, repo },
    base: { ref: pull.base, sha: base, repo },
  };
}

export async function checkRunShape(world: World, repository: Repository, run: CheckRun): Promise<JsonObject> {
  const url = `${repositoryUrl(world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    name: run.name,
    external_id: run.externalId ?? "",
    url,
    html_url: `${htmlUrl(world, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: appShape(world, run.app),
    pull_requests: await pullsOfHead(world, repository, run.headSha),
  };
}

export function annotationShape(
  world: World,
  repository: Repository,
  run: CheckRun,
  annotation: Annotation,
): JsonObject {
  return {
    path: annotation.path,
    blob_href: `${htmlUrl(world, repository)}/blob/${run.headSha}/${encodeURI(annotation.path)}`,
    start_line: annotation.start_line,
    end_line: annotation.end_line,
    start_column: annotation.start_column ?? null,
    end_column: annotation.end_column ?? null,
    annotation_level: annotation.annotation_level,
    title: annotation.title ?? null,
    message: annotation.message,
    raw_details: annotation.raw_details ?? null,
  };
}

function suiteState(
  repository: Repository,
  suite: CheckSuite,
): { readonly status: string; readonly conclusion: string | null } {
  const runs = repository.runs.filter((run) => run.suite === suite);
  if (suite.reset || runs.length === 0) return { status: "queued", conclusion: null };
  if (runs.some((run) => run.status !== "completed")) return { status: "in_progress", conclusion: null };
  const failed = runs.find((run) => !["success", "neutral", "skipped"].includes(run.conclusion ?? ""));
  return { status: "completed", conclusion: failed?.conclusion ?? "success" };
}

async function headCommit(repository: Repository, sha: string): Promise<JsonObject> {
  const { tree, message, authoredAt, author, committer } = await commitFacts(repository.directory, sha);
  return { id: sha, tree_id: tree, message, timestamp: authoredAt, author, committer };
}

export async function checkSuiteShape(world: World, repository: Repository, suite: CheckSuite): Promise<JsonObject> {
  const url = `${repositoryUrl(world, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(repository, suite),
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: await pullsOfHead(world, repository, suite.headSha),
    app: appShape(world, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: repository.runs.filter((run) => run.suite === suite).length,
    check_runs_url: `${url}/check-runs`,
    head_commit: await headCommit(repository, suite.headSha),
    repository: repositoryShape(world, repository),
  };
}

/** In a webhook the run carries its suite, without the repository. */
export async function checkRunPayload(world: World, repository: Repository, run: CheckRun): Promise<JsonObject> {
  const {
    repository: _,
    head_commit: __,
    check_runs_url: ___,
    latest_check_runs_count: ____,
    ...suite
  } = await checkSuiteShape(world, repository, run.suite);
  return { ...(await checkRunShape(world, repository, run)), check_suite: suite };
}
