import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { accessComplaint, liveToken } from "./access.ts";
import type { Actor } from "./answer.ts";
import { playFault, takeFault } from "./faults.ts";
import { runHttpBackend } from "./git/http-backend.ts";
import { git } from "./git/run.ts";
import { afterPush } from "./people/pushes.ts";
import { findRepository } from "./rest.ts";
import { background, type Account, type Repository, type World } from "./state.ts";

const GIT_PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export const isGitPath = (path: string): boolean => GIT_PATH.test(path);

/** Basic credentials: `x-access-token` with an installation token, or a person's token as password. */
function gitActor(world: World, header: string | undefined): Actor {
  const encoded = /^basic (.+)$/i.exec(header ?? "")?.[1];
  const secret = Buffer.from(encoded ?? "", "base64")
    .toString("utf8")
    .replace(/^[^:]*:/, "");
  const token = liveToken(world, secret);
  if (token !== undefined) return { kind: "installation", token };
  const account = world.personalTokens.get(secret);
  return account === undefined ? { kind: "anonymous" } : { kind: "person", account };
}

async function branches(repository: Repository): Promise<Map<string, string>> {
  const text = await git(repository.directory, [
    "for-each-ref",
    "--format=%(refname:lstrip=2) %(objectname)",
    "refs/heads",
  ]);
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [name = "", sha = ""] = line.split(" ");
        return [name, sha];
      }),
  );
}

async function publishMoved(
  world: World,
  repository: Repository,
  before: ReadonlyMap<string, string>,
  by: Account,
): Promise<void> {
  const after = await branches(repository);
  for (const branch of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(branch), after.get(branch)];
    if (was !== is)
      await afterPush(world, repository, {
        branch,
        by,
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      });
  }
}

/** Git over HTTP from the bare repositories; a push by a person has the same consequences as on GitHub. */
export async function answerGit(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: URLSearchParams,
): Promise<void> {
  const at = Date.now();
  const started = performance.now();
  const [, owner, name, what = ""] = GIT_PATH.exec(path) ?? [];
  const service = what === "info/refs" ? (search.get("service") ?? "") : what;
  const operation = what === "info/refs" ? "git/info-refs" : `git/${what.replace("git-", "")}`;
  const repository = findRepository(world, owner, name);
  const record = (status: number): void => {
    world.calls.push({
      operation,
      method: request.method ?? "GET",
      path,
      status,
      at,
      took: performance.now() - started,
      repository: `${owner}/${name}`,
      pulls: [],
    });
  };
  const plain = (status: number, text: string): void => {
    const challenge = status === 401 ? { "www-authenticate": 'Basic realm="GitHub"' } : {};
    response.writeHead(status, { "content-type": "text/plain", ...challenge }).end(text);
    record(status);
  };
  const fault = takeFault(world, operation, path);
  if (fault !== undefined && !(await playFault(world, fault, response)))
    return record(response.headersSent ? response.statusCode : 0);
  const actor = gitActor(world, request.headers.authorization);
  const writes = service === "git-receive-pack";
  const complaint =
    repository === undefined ? {} : accessComplaint(actor, repository, ["contents", writes ? "write" : "read"]);
  if (repository === undefined || complaint !== undefined) {
    return actor.kind === "anonymous"
      ? plain(401, "Repository not found.\n")
      : plain(writes ? 403 : 404, "Repository not found.\n");
  }
  if (writes && repository.archived) return plain(403, "This repository was archived so it is read-only.\n");
  if (request.headers.authorization !== undefined && actor.kind === "anonymous") return plain(401, "Bad credentials\n");
  const before = what === "git-receive-pack" ? await branches(repository) : undefined;
  const user = actor.kind === "person" ? actor.account.login : undefined;
  const pathInfo = `/${repository.id}.git/${what}`;
  const status = await runHttpBackend(request, response, {
    root: join(world.directory, !writes && world.lagging.has(repository) ? "replicas" : "repositories"),
    pathInfo,
    query: search.toString(),
    user,
  });
  record(status);
  if (before !== undefined && actor.kind === "person")
    background(world, publishMoved(world, repository, before, actor.account));
}
