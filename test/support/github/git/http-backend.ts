import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { runGit } from "./run.ts";

/** Hands one smart HTTP request to `git http-backend` as a CGI program; `pathInfo` is below `root`. Answers the status sent. */
export async function runHttpBackend(
  request: IncomingMessage,
  response: ServerResponse,
  where: {
    readonly root: string;
    readonly pathInfo: string;
    readonly query: string;
    readonly user: string | undefined;
    readonly environment?: NodeJS.ProcessEnv;
  },
): Promise<number> {
  const header = (name: string): string => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(", ") : (value ?? "");
  };
  const body = await buffer(request);
  const { stdout } = await runGit(
    ["http-backend"],
    {
      GIT_PROJECT_ROOT: where.root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: where.pathInfo,
      QUERY_STRING: where.query,
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: header("content-type"),
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_ADDR: "127.0.0.1",
      ...(where.user === undefined ? {} : { REMOTE_USER: where.user }),
      ...where.environment,
    },
    body,
  );
  const end = stdout.indexOf("\r\n\r\n");
  if (end < 0) {
    response.writeHead(500).end();
    return 500;
  }
  const headers: Record<string, string> = {};
  for (const line of stdout.subarray(0, end).toString("latin1").split("\r\n")) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const status = Number.parseInt(headers["status"] ?? "200", 10);
  delete headers["status"];
  response.writeHead(status, headers).end(stdout.subarray(end + 4));
  return status;
}
