import { homedir } from "node:os";
import { join } from "node:path";
import { firstOf, type ReadCredentials } from "./credential.ts";
import { dockerConfig } from "./docker-config.ts";
import { helmRepositories } from "./helm-repositories.ts";
import { netrc } from "./netrc.ts";

/**
 * The credentials that a person's own tools use: those of Helm, Docker with its helpers, and curl. For the command line
 * alone: it runs the programs that these files name.
 */
export function personalCredentials(environment: NodeJS.ProcessEnv = process.env): ReadCredentials {
  const home = homedir();
  const helm = helmDirectory(environment, home);
  const docker = environment["DOCKER_CONFIG"] || join(home, ".docker");
  return firstOf([
    dockerConfig(environment["HELM_REGISTRY_CONFIG"] || join(helm, "registry", "config.json"), environment),
    dockerConfig(join(docker, "config.json"), environment),
    helmRepositories(environment["HELM_REPOSITORY_CONFIG"] || join(helm, "repositories.yaml")),
    netrc(environment["NETRC"] || join(home, ".netrc")),
  ]);
}

/** Where Helm keeps its configuration. */
function helmDirectory(environment: NodeJS.ProcessEnv, home: string): string {
  const { HELM_CONFIG_HOME: own, XDG_CONFIG_HOME: xdg, APPDATA: roaming } = environment;
  if (own) return own;
  if (xdg) return join(xdg, "helm");
  if (process.platform === "win32" && roaming) return join(roaming, "helm");
  if (process.platform === "darwin") return join(home, "Library", "Preferences", "helm");
  return join(home, ".config", "helm");
}
