import type { IncomingMessage, ServerResponse } from "node:http";
import { accessComplaint, actorOf } from "./access.ts";
import { notFound, refuse, requestId, type Answer, type Asked, type Route, type Routes } from "./answer.ts";
import { pullsOf } from "./calls.ts";
import { checkAnswer, checkParameters, checkRequestBody, operations, type Operation } from "./description.ts";
import { playFault, takeFault } from "./faults.ts";
import { seenByRest } from "./lag.ts";
import { overLimit } from "./limits.ts";
import { appRoutes } from "./routes/apps.ts";
import { checkRoutes } from "./routes/checks.ts";
import { commentRoutes } from "./routes/comments.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { teamRoutes } from "./routes/teams.ts";
import type { Repository, World } from "./state.ts";
import type { JsonObject } from "./json.ts";

const routes: Routes = {
  ...appRoutes,
  ...checkRoutes,
  ...commentRoutes,
  ...pullRoutes,
  ...repositoryRoutes,
  ...reviewRoutes,
  ...teamRoutes,
};

interface Target {
  readonly operation: Operation;
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** These may hold slashes, escaped or not. */
const LONG = new Set(["path", "ref", "branch", "basehead"]);
let targets: Target[] | undefined;

function target(operation: Operation): Target {
  const names: string[] = [];
  const pattern = operation.path.replaceAll(/\{(\w+)\}|[.]/g, (_, name: string | undefined) => {
    if (name === undefined) return "[.]";
    names.push(name);
    return LONG.has(name) ? "(.+)" : "([^/]+)";
  });
  const route = routes[operation.id];
  if (route === undefined) throw new Error(`no route for ${operation.id}`);
  return { operation, route, pattern: new RegExp(`^${pattern}$`), names };
}

/** Literal segments are preferred to parameters, as in any router. */
function allTargets(): Target[] {
  targets ??= operations(Object.keys(routes))
    .map(target)
    .toSorted(
      (one, other) => one.names.length - other.names.length || other.operation.path.length - one.operation.path.length,
    );
  return targets;
}

interface Match {
  readonly target: Target;
  readonly path: Record<string, string | number>;
}

function match(method: string, path: string): Match | undefined {
  for (const candidate of allTargets()) {
    if (candidate.operation.method !== method) continue;
    const found = candidate.pattern.exec(path);
    if (found === null) continue;
    const values = candidate.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]);
    return { target: candidate, path: Object.fromEntries(values) as Record<string, string> };
  }
  return undefined;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function requestComplaint(found: Match, query: Record<string, unknown>, body: unknown): string | undefined {
  const { operation } = found.target;
  return (
    checkParameters(operation, "path", found.path) ??
    checkParameters(operation, "query", query) ??
    checkRequestBody(operation, body)
  );
}

export function findRepository(world: World, owner: unknown, name: unknown): Repository | undefined {
  const wanted = `${String(owner)}/${String(name)}`.toLowerCase();
  return world.repositories.find(
    (repository) => `${repository.owner.login}/${repository.name}`.toLowerCase() === wanted,
  );
}

async function work(
  world: World,
  request: IncomingMessage,
  found: Match,
  query: Record<string, string>,
  body: unknown,
  url: string,
): Promise<Answer> {
  const { route, operation } = found.target;
  const actor = actorOf(world, request.headers.authorization);
  if ("status" in actor) return actor;
  const repository = findRepository(world, found.path["owner"], found.path["repo"]);
  if ("needs" in route) {
    if (repository === undefined) return notFound();
    const complaint = accessComplaint(actor, repository, route.needs, route.or);
    if (complaint !== undefined) return complaint;
    if (repository.archived && route.needs[1] !== "read")
      return refuse(403, "Repository was archived so is read-only.");
  } else if (!route.by.includes(actor.kind)) {
    return actor.kind === "anonymous"
      ? refuse(401, "Requires authentication")
      : refuse(403, "Resource not accessible by integration");
  }
  const invalid = requestComplaint(found, query, body);
  if (invalid !== undefined) {
    world.violations.push({ where: "request", operation: operation.id, message: invalid });
    return refuse(422, `Invalid request.\n\n${invalid}`);
  }
  const accept = request.headers.accept ?? "";
  const asked: Asked = { world, actor, path: found.path, query, body: (body ?? {}) as JsonObject, accept, url };
  if ("needs" in route) {
    if (repository === undefined) return notFound();
    const seen = operation.method === "GET" ? seenByRest(world, repository) : repository;
    return route.ofRepository({ ...asked, repository: seen });
  }
  return route.plain(asked);
}

function write(world: World, response: ServerResponse, answer: Answer): void {
  const { limit, used, resetAt } = world.rate;
  const headers = {
    "x-github-media-type": "github.v3; format=json",
    "x-github-request-id": requestId(),
    "x-github-api-version-selected": "2022-11-28",
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(Math.max(0, limit - used)),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(resetAt),
    "x-ratelimit-resource": "core",
    ...answer.headers,
  };
  if (answer.body === undefined) {
    response.writeHead(answer.status, headers).end();
  } else if (answer.headers?.["content-type"] !== undefined) {
    response.writeHead(answer.status, headers).end(typeof answer.body === "string" ? answer.body : "");
  } else {
    response
      .writeHead(answer.status, { "content-type": "application/json; charset=utf-8", ...headers })
      .end(answer.text ?? JSON.stringify(answer.body));
  }
}

function isRaw(answer: Answer): boolean {
  return answer.headers?.["content-type"] !== undefined;
}

/** Answers one REST request; `path` is without the `/api/v3` that GHES puts before it. */
export async function answerRest(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: URLSearchParams,
): Promise<void> {
  const at = Date.now();
  const started = performance.now();
  const method = request.method ?? "GET";
  const found = match(method, path);
  const operation = found?.target.operation.id ?? `${method} ${path}`;
  const body = await readBody(request);
  const repository = findRepository(world, found?.path["owner"], found?.path["repo"]);
  const record = (status: number): void => {
    world.calls.push({
      operation,
      method,
      path,
      status,
      at,
      took: performance.now() - started,
      ...(repository !== undefined && { repository: `${repository.owner.login}/${repository.name}` }),
      pulls: pullsOf(repository, path, body),
    });
  };
  const fault =
    takeFault(world, operation, path) ??
    overLimit(world, { method, operation, path, authorization: request.headers.authorization });
  if (fault !== undefined && !(await playFault(world, fault, response)))
    return record(response.headersSent ? response.statusCode : 0);
  const old = found === undefined ? undefined : `${found.path["owner"]}/${found.path["repo"]}`.toLowerCase();
  const now = old === undefined || repository !== undefined ? undefined : world.moved.get(old);
  if (now !== undefined) {
    const location = `${world.url}/api/v3${path.replace(/^\/repos\/[^/]+\/[^/]+/, `/repositories/${now.id}`)}`;
    const query = search.toString();
    write(world, response, {
      ...refuse(301, "Moved Permanently", { url: location }),
      headers: { location: query === "" ? location : `${location}?${query}` },
    });
    return record(301);
  }
  let answer: Answer;
  if (found === undefined) {
    world.violations.push({ where: "request", operation, message: "the simulated GitHub has no such operation" });
    answer = notFound();
  } else {
    answer = await work(world, request, found, Object.fromEntries(search), body, `${world.url}/api/v3${path}`);
    const wrong = isRaw(answer) ? undefined : checkAnswer(found.target.operation, answer.status, answer.body);
    if (wrong !== undefined)
      world.violations.push({ where: "answer", operation, message: `${answer.status}: ${wrong}` });
  }
  world.rate.used += 1;
  record(answer.status);
  if (fault?.kind === "lost-answer") response.socket?.resetAndDestroy();
  else write(world, response, answer);
}
