import type { IncomingMessage, ServerResponse } from "node:http";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHttpBackend } from "../github/git/http-backend.ts";
import { startLoopback, type Handler, type Loopback } from "./loopback.ts";
import { commitFiles, createRepository, type CommittedFiles } from "./git-repositories.ts";

/** A server of Git repositories on loopback, below a directory of its own. */
export interface GitServer extends Loopback {
  readonly root: string;
  /** Every answer is 503 while it is set. */
  isDown: boolean;
  /** `user:password` that every request must have. */
  basic?: string;
  /** Answers in place of the repositories where it returns true. */
  before?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  /** It hands out only what it names: the first version of Git's protocol. */
  isOld: boolean;
  url(name: string): string;
  /** Makes a repository, with one commit on main if there are files, and returns its id. */
  create(name: string, files?: CommittedFiles): Promise<string>;
  /** Commits files on top of a branch of a repository, and returns the commit's id. */
  commit(name: string, files: CommittedFiles, branch?: string, date?: string): Promise<string>;
}

/** Starts a server. Its repositories are real, and `git http-backend` serves them. */
export async function startGitServer(tls?: Parameters<typeof startLoopback>[1]): Promise<GitServer> {
  const root = await mkdtemp(join(tmpdir(), "portcullis-git-server-"));
  const loopback = await startLoopback((request, response) => serve(server, request, response), tls);
  const server: GitServer = {
    ...loopback,
    root,
    isDown: false,
    isOld: false,
    url: (name) => `${loopback.origin}/${name}`,
    create: async (name, files) => {
      await createRepository(join(root, name));
      return files === undefined ? "" : commitFiles(join(root, name), files, "main");
    },
    commit: (name, files, branch = "main", date) => commitFiles(join(root, name), files, branch, date),
  };
  return server;
}

/** Nothing but what Git does by itself. */
const strict = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" };

const serve = async (server: GitServer, ...[request, response]: Parameters<Handler>): Promise<unknown> => {
  if (server.isDown) return response.writeHead(503).end("down for maintenance");
  if ((await server.before?.(request, response)) === true) return undefined;
  const wanted = server.basic === undefined ? undefined : `Basic ${Buffer.from(server.basic).toString("base64")}`;
  if (wanted !== undefined && request.headers.authorization !== wanted) {
    const headers = { "content-type": "text/plain", "www-authenticate": 'Basic realm="git"' };
    return response.writeHead(401, headers).end("who are you?");
  }
  if (server.isOld) delete request.headers["git-protocol"];
  const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
  const where = { root: server.root, pathInfo: pathname, query: searchParams.toString(), user: undefined };
  return runHttpBackend(request, response, { ...where, environment: strict });
};
