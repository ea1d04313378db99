// Repositories and installations: made, forked, installed on and removed.
import { join } from "node:path";
import { installationOf, reaches } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { commitFiles, type Files } from "../git/commits.ts";
import { cloneBare, createBare } from "../git/repositories.ts";
import type { JsonObject } from "../json.ts";
import { accountShape } from "../shapes/account.ts";
import { installationShape } from "../shapes/installation.ts";
import {
  nextId,
  timestamp,
  type Account,
  type Installation,
  type Permissions,
  type Repository,
  type World,
} from "../state.ts";
import { accountNamed } from "./accounts.ts";
import { repositoryItem } from "./lifecycle.ts";

export interface RepositoryOptions {
  /** `owner/name`; the owner is made when it is not there. */
  readonly fullName?: string;
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  /** The first commit; no webhook is sent for it. */
  readonly files?: Files;
  /** Install the App on it (default true). */
  readonly install?: boolean;
}

export function repositories(world: World) {
  function addRepository(options: RepositoryOptions, parent?: Repository): Repository {
    const [owner = "acme", name = "gitops"] = (options.fullName ?? "acme/gitops").split("/");
    const id = nextId(world);
    const at = timestamp(world.now());
    const repository: Repository = {
      id,
      owner: accountNamed(world, owner, parent === undefined ? "Organization" : "User"),
      name,
      isPrivate: options.isPrivate ?? true,
      archived: false,
      hasIssues: true,
      defaultBranch: options.defaultBranch ?? parent?.defaultBranch ?? "main",
      directory: join(world.directory, "repositories", `${id}.git`),
      ...(parent !== undefined && { parent }),
      createdAt: at,
      pushedAt: at,
      collaborators: new Map(),
      rules: new Map(),
      pulls: [],
      comments: [],
      issues: [],
      suites: [],
      runs: [],
      queues: new Map(),
      nextNumber: 1,
    };
    world.repositories.push(repository);
    return repository;
  }

  async function createRepository(options: RepositoryOptions = {}): Promise<Repository> {
    const repository = addRepository(options);
    await createBare(repository.directory, repository.defaultBranch);
    await commitFiles(repository.directory, {
      branch: repository.defaultBranch,
      files: options.files ?? { "README.md": `# ${repository.name}\n` },
      message: "Start",
      author: { name: repository.owner.login, email: "start@example.invalid" },
      at: world.now(),
    });
    if (options.install !== false && installationOf(world, repository) === undefined) install(repository.owner);
    return repository;
  }

  /** A copy under another account; its branches can be heads of pull requests into the parent. */
  async function fork(parent: Repository, by: Account): Promise<Repository> {
    const copy = addRepository({ fullName: `${by.login}/${parent.name}`, isPrivate: parent.isPrivate }, parent);
    await cloneBare(parent.directory, copy.directory);
    return copy;
  }

  function install(
    owner: Account,
    repositories?: readonly Repository[],
    permissions: Permissions = world.app.permissions,
  ): Installation {
    const installation: Installation = {
      id: nextId(world),
      account: owner,
      permissions,
      suspended: false,
      createdAt: timestamp(world.now()),
      ...(repositories !== undefined && { repositories: new Set(repositories.map((repository) => repository.id)) }),
    };
    world.installations.push(installation);
    const within = world.repositories.filter((repository) => reaches(installation, repository)).map(repositoryItem);
    emitInstallation(installation, "created", { repositories: within, requester: null });
    return installation;
  }

  function emitInstallation(installation: Installation, action: string, more: JsonObject): void {
    const sender = accountShape(world, installation.account);
    emit(world, installation, "installation", {
      action,
      installation: installationShape(world, installation),
      ...more,
      sender,
    });
  }

  function uninstall(installation: Installation): void {
    const within = world.repositories.filter((repository) => reaches(installation, repository)).map(repositoryItem);
    emitInstallation(installation, "deleted", { repositories: within });
    world.installations.splice(world.installations.indexOf(installation), 1);
  }

  /** Adds one repository to an installation that has chosen ones. */
  function addToInstallation(installation: Installation, repository: Repository): void {
    installation.repositories?.add(repository.id);
    const payload = {
      action: "added",
      installation: installationShape(world, installation),
      repository_selection: installation.repositories === undefined ? "all" : "selected",
      repositories_added: [repositoryItem(repository)],
      repositories_removed: [],
      requester: null,
      sender: accountShape(world, installation.account),
    };
    emit(world, installation, "installation_repositories", payload);
  }

  return { createRepository, fork, install, uninstall, addToInstallation };
}
