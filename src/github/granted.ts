import { RequestError, type Octokit } from "octokit";
import { readInstallation } from "./app-calls.ts";
import { refusalOf, Unavailable } from "./failure.ts";

type Access = "read" | "write";

/** Permissions of a token, with GitHub's names. */
export type Permissions = { readonly [name: string]: Access };

/** The permissions of a token for a repository whose installation has not granted all that the jobs need. */
export interface Granted {
  readonly permissions: Permissions;
  /** Why Git cannot read the repository; absent: it can. */
  readonly unreadable?: string;
}

/**
 * Finds out why GitHub refused a token with the permissions `wanted`; `app` signs as the App. Returns what the installation
 * has granted of them, if a check can be written with that. Throws `Unavailable` where the installation or the repository
 * cannot be used, and else what a request rejects with.
 */
export async function readGranted(
  app: Octokit,
  installation: number,
  wanted: Permissions,
  refused: RequestError,
): Promise<Granted> {
  const { suspended, permissions, page } = await readInstallation(app, installation).catch((error: unknown) => {
    if (!(error instanceof RequestError) || error.status !== 404) throw error;
    throw new Unavailable("installation", "uninstalled", "GitHub has no such installation of the App");
  });
  if (suspended) throw new Unavailable("installation", "suspended", "the installation is suspended");
  const lacking = Object.entries(wanted).filter(([name, access]) => !allows(permissions[name], access));
  if (lacking.length === 0) {
    const said = refusalOf(refused)?.message ?? refused.message;
    const message = `the repository does not exist, or the installation does not include it (GitHub says: ${said})`;
    throw new Unavailable("repository", "gone", message);
  }
  const names = lacking.map(([name, access]) => `${name}: ${access}`);
  const message = `the installation has not granted ${names.join(", ")}; an owner of the account grants it at ${page}`;
  // Without these, GitHub shows neither what is to be judged nor the check.
  if (names.includes("checks: write") || permissions["pull_requests"] === undefined)
    throw new Unavailable("installation", "permission", message);
  const given: { [name: string]: Access } = {};
  for (const [name, access] of Object.entries(wanted)) {
    if (permissions[name] !== undefined) given[name] = allows(permissions[name], access) ? access : "read";
  }
  return { permissions: given, ...(names.includes("contents: read") ? { unreadable: message } : {}) };
}

function allows(granted: string | undefined, wanted: Access): boolean {
  return granted === wanted || granted === "write" || granted === "admin";
}
