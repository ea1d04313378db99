import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gitEnvironment } from "./run.ts";

/** Hands one smart HTTP request to `git http-backend` as a CGI program; `pathInfo` is below `root`. Answers the status sent. */
export function runHttpBackend(
  request: IncomingMessage,
  response: ServerResponse,
  where: {
    readonly root: string;
    readonly pathInfo: string;
    readonly query: string;
    readonly user: string | undefined;
  },
): Promise<number> {
  const header = (name: string): string => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(", ") : (value ?? "");
  };
  const child = spawn("git", ["http-backend"], {
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: where.root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      PATH_INFO: where.pathInfo,
      QUERY_STRING: where.query,
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: header("content-type"),
      ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: header("content-length") }),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_ADDR: "127.0.0.1",
      ...(where.user === undefined ? {} : { REMOTE_USER: where.user }),
    },
  });
  request.pipe(child.stdin);
  child.stdin.on("error", () => undefined);
  response.on("close", () => child.kill());

  return new Promise((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0);
    let status = 200;
    child.on("error", reject);
    child.stdout.on("data", (chunk: Buffer) => {
      if (head === undefined) {
        if (!response.write(chunk)) {
          child.stdout.pause();
          response.once("drain", () => child.stdout.resume());
        }
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const headers: Record<string, string> = {};
      for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
        const colon = line.indexOf(":");
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      status = Number.parseInt(headers["status"] ?? "200", 10);
      delete headers["status"];
      response.writeHead(status, headers);
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.on("close", () => {
      if (head !== undefined && !response.headersSent) {
        status = 500;
        response.writeHead(500);
      }
      response.end();
      resolve(status);
    });
  });
}
