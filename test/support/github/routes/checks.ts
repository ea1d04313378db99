import {
  invalid,
  installationOf,
  notFound,
  ok,
  page,
  refuse,
  type AskedOfRepository,
  type Answer,
  type Routes,
} from "../answer.ts";
import { resolveCommit } from "../git/run.ts";
import { newCheckRun, publishCheckRun } from "../people/checks.ts";
import { rerequestRun, rerequestSuite } from "../people/checks.ts";
import { annotationShape, checkRunShape, checkSuiteShape } from "../shapes/check.ts";
import { timestamp, type Annotation, type AppIdentity, type CheckRun, type CheckSuite } from "../state.ts";

interface Output {
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly Annotation[];
}

interface RunBody {
  readonly name?: string;
  readonly head_sha?: string;
  readonly status?: string;
  readonly conclusion?: string;
  readonly external_id?: string;
  readonly details_url?: string;
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly output?: Output;
}

/** What the prose of GitHub's documentation asks beyond the schema. */
function complaint(body: RunBody): Answer | undefined {
  if (body.status === "completed" && body.conclusion === undefined)
    return invalid("CheckRun", "conclusion", "conclusion is required when status is completed");
  if (body.conclusion === "stale") return invalid("CheckRun", "conclusion", "Only GitHub can set conclusion to stale");
  for (const text of [body.output?.summary, body.output?.text]) {
    if ((text?.length ?? 0) > 65_535) return invalid("CheckRun", "output", "Only 65535 characters are allowed");
  }
  for (const annotation of body.output?.annotations ?? []) {
    const columns = annotation.start_column !== undefined || annotation.end_column !== undefined;
    if (columns && annotation.start_line !== annotation.end_line) {
      return invalid(
        "CheckAnnotation",
        "start_column",
        "Columns are only allowed when start_line and end_line are the same",
      );
    }
    if (annotation.end_line < annotation.start_line)
      return invalid("CheckAnnotation", "end_line", "end_line must not be before start_line");
    if (annotation.start_line < 1 || annotation.path === "")
      return invalid("CheckAnnotation", "start_line", "line and path must be given");
    if (Buffer.byteLength(annotation.message) > 65_536)
      return invalid("CheckAnnotation", "message", "is too long (maximum is 64 KB)");
    if (Buffer.byteLength(annotation.raw_details ?? "") > 65_536)
      return invalid("CheckAnnotation", "raw_details", "is too long (maximum is 64 KB)");
    if ((annotation.title?.length ?? 0) > 255)
      return invalid("CheckAnnotation", "title", "is too long (maximum is 255 characters)");
  }
  return undefined;
}

function apply(asked: AskedOfRepository, run: CheckRun, body: RunBody): void {
  const now = timestamp(asked.world.now());
  run.name = body.name ?? run.name;
  run.externalId = body.external_id ?? run.externalId;
  run.detailsUrl = body.details_url ?? run.detailsUrl;
  run.startedAt = body.started_at ?? run.startedAt;
  if (body.conclusion !== undefined) {
    run.conclusion = body.conclusion;
    run.status = "completed";
    run.completedAt = body.completed_at ?? now;
  } else if (body.status !== undefined) {
    run.status = body.status;
    run.conclusion = null;
    run.completedAt = null;
  }
  if (body.output === undefined) return;
  run.title = body.output.title ?? run.title;
  run.summary = body.output.summary ?? run.summary;
  run.text = body.output.text ?? run.text;
  const annotations = body.output.annotations ?? [];
  run.annotations.push(...annotations);
  if (annotations.length > 0) run.batches.push(annotations.length);
}

/** Which App asks: ours by its installation token; people may not create check runs. */
function askingApp({ world, actor }: AskedOfRepository): AppIdentity | undefined {
  return actor.kind === "installation" ? world.app : undefined;
}

async function create(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository } = asked;
  const body = asked.body as unknown as RunBody;
  const app = askingApp(asked);
  if (app === undefined) return refuse(403, "You must authenticate via a GitHub App.");
  const wrong = complaint(body);
  if (wrong !== undefined) return wrong;
  const sha = body.head_sha ?? "";
  if (!/^[0-9a-f]{40}$/.test(sha) || (await resolveCommit(repository.directory, sha)) === undefined)
    return refuse(422, `No commit found for SHA: ${sha}`);
  const run = newCheckRun(world, repository, app, sha, body.name ?? "");
  apply(asked, run, body);
  await publishCheckRun(world, repository, run, "created");
  if (run.status === "completed") await publishCheckRun(world, repository, run, "completed");
  return ok(await checkRunShape(world, repository, run), 201);
}

const findRun = ({ repository, path }: AskedOfRepository): CheckRun | undefined =>
  repository.runs.find((run) => run.id === Number(path["check_run_id"]));

const findSuite = ({ repository, path }: AskedOfRepository): CheckSuite | undefined =>
  repository.suites.find((suite) => suite.id === Number(path["check_suite_id"]));

async function update(asked: AskedOfRepository): Promise<Answer> {
  const { world, repository } = asked;
  const run = findRun(asked);
  if (run === undefined) return notFound();
  if (askingApp(asked)?.id !== run.app.id)
    return refuse(
      403,
      "Invalid app_id `" + String(run.app.id) + "` - check run can only be modified by the GitHub App that created it.",
    );
  const body = asked.body as unknown as RunBody;
  const wrong = complaint(body);
  if (wrong !== undefined) return wrong;
  const before = run.status;
  apply(asked, run, body);
  if (run.status === "completed" && before !== "completed") await publishCheckRun(world, repository, run, "completed");
  return ok(await checkRunShape(world, repository, run));
}

async function listRuns(asked: AskedOfRepository, runs: readonly CheckRun[]): Promise<Answer> {
  const { world, repository, query } = asked;
  let chosen = runs.filter(
    (run) =>
      (query["check_name"] === undefined || run.name === query["check_name"]) &&
      (query["status"] === undefined || run.status === query["status"]) &&
      (query["app_id"] === undefined || run.app.id === Number(query["app_id"])),
  );
  if (query["filter"] !== "all") {
    chosen = chosen.filter(
      (run) => !runs.some((other) => other.suite === run.suite && other.name === run.name && other.id > run.id),
    );
  }
  const shapes = await Promise.all(chosen.toReversed().map((run) => checkRunShape(world, repository, run)));
  return page(asked, shapes, (items) => ({ total_count: shapes.length, check_runs: items }));
}

export const checkRoutes: Routes = {
  "checks/create": { needs: ["checks", "write"], ofRepository: create },
  "checks/update": { needs: ["checks", "write"], ofRepository: update },
  "checks/get": {
    needs: ["checks", "read"],
    ofRepository: async (asked) => {
      const run = findRun(asked);
      return run === undefined ? notFound() : ok(await checkRunShape(asked.world, asked.repository, run));
    },
  },
  "checks/list-annotations": {
    needs: ["checks", "read"],
    ofRepository: (asked) => {
      const run = findRun(asked);
      if (run === undefined) return notFound();
      return page(
        asked,
        run.annotations.map((annotation) => annotationShape(asked.world, asked.repository, run, annotation)),
      );
    },
  },
  "checks/list-for-ref": {
    needs: ["checks", "read"],
    ofRepository: async (asked) => {
      const { repository, path } = asked;
      const sha = await resolveCommit(repository.directory, String(path["ref"]));
      if (sha === undefined) return refuse(422, `No commit found for SHA: ${String(path["ref"])}`);
      return listRuns(
        asked,
        repository.runs.filter((run) => run.headSha === sha),
      );
    },
  },
  "checks/list-for-suite": {
    needs: ["checks", "read"],
    ofRepository: (asked) => {
      const suite = findSuite(asked);
      return suite === undefined
        ? notFound()
        : listRuns(
            asked,
            asked.repository.runs.filter((run) => run.suite === suite),
          );
    },
  },
  "checks/get-suite": {
    needs: ["checks", "read"],
    ofRepository: async (asked) => {
      const suite = findSuite(asked);
      return suite === undefined ? notFound() : ok(await checkSuiteShape(asked.world, asked.repository, suite));
    },
  },
  "checks/list-suites-for-ref": {
    needs: ["checks", "read"],
    ofRepository: async (asked) => {
      const { world, repository, path } = asked;
      const sha = await resolveCommit(repository.directory, String(path["ref"]));
      const suites = repository.suites.filter((suite) => suite.headSha === sha);
      const shapes = await Promise.all(suites.map((suite) => checkSuiteShape(world, repository, suite)));
      return page(asked, shapes, (items) => ({ total_count: shapes.length, check_suites: items }));
    },
  },
  "checks/rerequest-run": {
    needs: ["checks", "write"],
    ofRepository: async (asked) => {
      const run = findRun(asked);
      if (run === undefined) return notFound();
      await rerequestRun(asked.world, asked.repository, run);
      return ok({}, 201);
    },
  },
  "checks/rerequest-suite": {
    needs: ["checks", "write"],
    ofRepository: async (asked) => {
      const suite = findSuite(asked);
      if (suite === undefined || installationOf(asked.world, asked.repository) === undefined) return notFound();
      await rerequestSuite(asked.world, asked.repository, suite);
      return ok({}, 201);
    },
  },
};
