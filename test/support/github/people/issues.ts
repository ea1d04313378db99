import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape } from "../shapes/account.ts";
import { simpleInstallation } from "../shapes/installation.ts";
import { plainIssueShape } from "../shapes/issue-comment.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { nextId, timestamp, type Account, type Issue, type Repository, type World } from "../state.ts";

export function openIssue(world: World, repository: Repository, user: Account, title: string, body: string): Issue {
  const createdAt = timestamp(world.now());
  const number = repository.nextNumber;
  repository.nextNumber += 1;
  const issue: Issue = { id: nextId(world), number, user, title, body, state: "open", createdAt, updatedAt: createdAt };
  repository.issues.push(issue);
  return issue;
}

export function closeIssue(world: World, repository: Repository, issue: Issue, by: Account): void {
  issue.state = "closed";
  issue.closedAt = timestamp(world.now());
  issue.updatedAt = issue.closedAt;
  const installation = installationOf(world, repository);
  if (installation === undefined) return;
  const payload = {
    action: "closed",
    issue: plainIssueShape(world, repository, issue),
    repository: repositoryShape(world, repository),
    sender: accountShape(world, by),
    installation: simpleInstallation(installation),
  };
  emit(world, installation, "issues", payload, repository);
}
