import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { checkSuiteShape } from "../shapes/check.ts";
import { appShape, simpleInstallation } from "../shapes/installation.ts";
import { repositoryShape } from "../shapes/repository.ts";
import {
  nextId,
  timestamp,
  type Account,
  type AppIdentity,
  type CheckSuite,
  type Repository,
  type World,
} from "../state.ts";

export function suiteFor(
  world: World,
  repository: Repository,
  app: AppIdentity,
  sha: string,
  branch: string | null,
  before: string | null,
): CheckSuite {
  const known = repository.suites.find((suite) => suite.app.id === app.id && suite.headSha === sha);
  if (known !== undefined) return known;
  const suite: CheckSuite = {
    id: nextId(world),
    app: { id: app.id, slug: app.slug, name: app.name },
    headSha: sha,
    headBranch: branch,
    before,
    createdAt: timestamp(world.now()),
    reset: false,
  };
  repository.suites.push(suite);
  return suite;
}

export async function publishSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  action: "requested" | "rerequested",
  sender: Account,
): Promise<void> {
  const installation = installationOf(world, repository);
  if (installation === undefined || suite.app.id !== world.app.id) return;
  const { repository: _, ...whole } = await checkSuiteShape(world, repository, suite);
  // The description of this one payload does not know that an App can ask for merge_group.
  const events = world.app.events.filter((event) => event !== "merge_group");
  const shape = { ...whole, app: { ...appShape(world, suite.app), events } };
  const payload = {
    action,
    check_suite: shape,
    repository: repositoryShape(world, repository),
    sender: accountShape(world, sender),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "check_suite", payload, repository);
}
