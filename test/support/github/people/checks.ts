import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { checkRunPayload } from "../shapes/check.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { repositoryShape } from "../shapes/repository.ts";
import {
  nextId,
  timestamp,
  type Account,
  type AppIdentity,
  type CheckRun,
  type CheckSuite,
  type Repository,
  type World,
} from "../state.ts";
import { advanceQueues } from "./merge-queue.ts";
import { publishSuite, suiteFor } from "./suites.ts";

export function newCheckRun(
  world: World,
  repository: Repository,
  app: AppIdentity,
  sha: string,
  name: string,
): CheckRun {
  const suite = suiteFor(world, repository, app, sha, null, null);
  suite.reset = false;
  const run: CheckRun = {
    id: nextId(world),
    name,
    headSha: sha,
    app: suite.app,
    suite,
    status: "queued",
    conclusion: null,
    externalId: null,
    detailsUrl: `${world.url}/external/${app.slug}`,
    startedAt: timestamp(world.now()),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    batches: [],
  };
  repository.runs.push(run);
  return run;
}

/** `created` and `completed` go to every App that reads checks; `rerequested` only to the run's own App. */
export async function publishCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: "created" | "completed" | "rerequested",
  sender: Account = world.app.bot,
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation !== undefined && (action !== "rerequested" || run.app.id === world.app.id)) {
    const payload = {
      action,
      check_run: await checkRunPayload(world, repository, run),
      repository: repositoryShape(world, repository),
      sender: accountShape(world, sender),
      installation: simpleInstallation(installation),
    };
    emit(world, installation, "check_run", payload, repository);
  }
  if (action === "completed") await advanceQueues(world, repository);
}

/** The "Re-run" button of one check: GitHub resets the suite, the run stays as it was. */
export async function rerequestRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  sender: Account = repository.owner,
): Promise<void> {
  run.suite.reset = true;
  await publishCheckRun(world, repository, run, "rerequested", sender);
}

/** "Re-run all checks". */
export async function rerequestSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  sender: Account = repository.owner,
): Promise<void> {
  suite.reset = true;
  await publishSuite(world, repository, suite, "rerequested", sender);
}
