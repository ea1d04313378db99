// What becomes of repositories and installations: archived, renamed, deleted, suspended, with other permissions.
import { installationOf } from "../answer.ts";
import { emit } from "../deliveries.ts";
import { accountShape, nodeId } from "../shapes/account.ts";
import { installationShape, simpleInstallation } from "../shapes/installation.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { organizationShape } from "../shapes/team.ts";
import type { Account, Installation, Permissions, Repository, World } from "../state.ts";
import type { JsonObject } from "../json.ts";

/** A repository as the events of installations list it. */
export const repositoryItem = (repository: Repository): JsonObject => ({
  id: repository.id,
  node_id: nodeId("R", repository.id),
  name: repository.name,
  full_name: `${repository.owner.login}/${repository.name}`,
  private: repository.isPrivate,
});

const fullName = ({ owner, name }: Repository): string => `${owner.login}/${name}`.toLowerCase();

export function lifecycle(world: World) {
  const emitRepository = (repository: Repository, action: string, more: JsonObject = {}): void => {
    const installation = installationOf(world, repository);
    if (installation === undefined) return;
    const payload = {
      action,
      ...more,
      repository: repositoryShape(world, repository),
      sender: accountShape(world, repository.owner),
      installation: simpleInstallation(installation),
    };
    emit(world, installation, "repository", payload, repository);
  };
  const emitInstallation = (installation: Installation, action: string): void => {
    const payload = {
      action,
      installation: installationShape(world, installation),
      sender: accountShape(world, installation.account),
    };
    emit(world, installation, "installation", payload);
  };
  const moved = (repository: Repository, change: () => void): void => {
    world.moved.set(fullName(repository), repository);
    change();
    world.moved.delete(fullName(repository));
  };
  return {
    archive(repository: Repository): void {
      repository.archived = true;
      emitRepository(repository, "archived");
    },
    unarchive(repository: Repository): void {
      repository.archived = false;
      emitRepository(repository, "unarchived");
    },
    /** From now on GitHub knows nothing of it. */
    deleteRepository(repository: Repository): void {
      emitRepository(repository, "deleted");
      world.repositories.splice(world.repositories.indexOf(repository), 1);
    },
    /** Requests by the old name are redirected. */
    rename(repository: Repository, name: string): void {
      const from = repository.name;
      moved(repository, () => (repository.name = name));
      emitRepository(repository, "renamed", { changes: { repository: { name: { from } } } });
    },
    /** The installation of the new owner hears of it. */
    transfer(repository: Repository, to: Account): void {
      const from = organizationShape(world, repository.owner);
      moved(repository, () => (repository.owner = to));
      emitRepository(repository, "transferred", { changes: { owner: { from: { organization: from } } } });
    },
    suspend(installation: Installation): void {
      installation.suspended = true;
      emitInstallation(installation, "suspend");
    },
    unsuspend(installation: Installation): void {
      installation.suspended = false;
      emitInstallation(installation, "unsuspend");
    },
    /** What an owner accepts when the App asks for other permissions. */
    grant(installation: Installation, permissions: Permissions): void {
      installation.permissions = permissions;
      emitInstallation(installation, "new_permissions_accepted");
    },
  };
}
