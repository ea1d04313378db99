import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { LogOnce } from "../log-once.ts";
import type { Metrics } from "../metrics.ts";
import { signedByOneOf } from "./signature.ts";
import { concernsUs } from "./events.ts";
import { REPORTS_PATH } from "../reports/report-links.ts";
import type { Delivery } from "../../store/deliveries.ts";

/** Where GitHub delivers webhooks. */
export const WEBHOOK_PATH = "/api/github/webhooks";

/** GitHub sends at most 25 MB. A larger body is read a little further before it is refused. */
const LARGEST_BODY = 26 * 1024 * 1024;
const LARGEST_DRAINED = 4 * LARGEST_BODY;

/** What `createIngress` needs from the rest of the server. */
export interface IngressOptions {
  readonly secrets: readonly string[];
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly logOnce: LogOnce;
  /** Resolves once the delivery is stored durably. */
  accept(delivery: Delivery): Promise<void>;
  /** Whether work is accepted: false while the server starts and while it drains. */
  ready(): Promise<boolean>;
  /** The page of a report by path and query; absent: there are no pages. */
  readonly report?: (path: string, query: string) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
  readonly headers?: { readonly [name: string]: string };
}

/**
 * The HTTP server for webhooks, pages of reports, health checks and metrics. A response never contains the text of an
 * error or any part of a payload.
 */
export function createIngress(options: IngressOptions): Server {
  const server = createServer((request, response) => {
    answer(options, request)
      .catch((error: unknown): Answer => {
        options.log.error({ err: error }, "a request could not be answered");
        return { status: 500, text: "internal error" };
      })
      .then((reply) => send(request, response, reply))
      .catch((error: unknown) => options.log.warn({ err: error }, "an answer could not be sent"));
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 5_000;
  return server;
}

async function answer(options: IngressOptions, request: IncomingMessage): Promise<Answer> {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  if (path === WEBHOOK_PATH) {
    const reply = request.method === "POST" ? await receive(options, request) : notAllowed("POST");
    options.metrics.deliveries.inc({ answer: String(reply.status) });
    // Anybody can send these, so a flood of them must not fill the disk. Accepted and unstored ones are told elsewhere.
    if (reply.status >= 400 && reply.status < 500) {
      const fields = { answer: reply.status, reason: reply.text };
      options.logOnce.warn(`delivery ${reply.status} ${reply.text}`, fields, "a delivery was refused");
    }
    return reply;
  }
  const report = path.startsWith(REPORTS_PATH) ? options.report : undefined;
  if (report === undefined && path !== "/livez" && path !== "/readyz" && path !== "/metrics") {
    return { status: 404, text: "not found" };
  }
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET, HEAD");
  if (report !== undefined) return report(path, query);
  if (path === "/livez") return { status: 200, text: "alive" };
  if (path === "/readyz") {
    return (await options.ready()) ? { status: 200, text: "ready" } : { status: 503, text: "not ready" };
  }
  return { status: 200, text: await options.metrics.scrape(), type: options.metrics.contentType };
}

async function receive(options: IngressOptions, request: IncomingMessage): Promise<Answer> {
  const body = await read(request);
  if (body === "too large") return { status: 413, text: "the body is larger than 26 MB" };
  if (body === "cut off") return { status: 400, text: "the body ended early" };
  const signature = header(request, "x-hub-signature-256");
  if (!signedByOneOf(options.secrets, body, signature)) {
    return { status: 401, text: signature === undefined ? "the signature is missing" : "the signature is wrong" };
  }
  const guid = header(request, "x-github-delivery");
  const event = header(request, "x-github-event");
  if (guid === undefined || event === undefined || !/^[\w-]{1,100}$/.test(guid) || !/^\w{1,100}$/.test(event)) {
    return { status: 400, text: "the headers X-GitHub-Delivery and X-GitHub-Event are required" };
  }
  const payload = body.toString("utf8");
  const parsed = parse(payload);
  if (parsed === undefined) return { status: 400, text: "the body is not a JSON object" };
  if (!concernsUs(event, parsed)) return { status: 202, text: "nothing to do" };
  try {
    await options.accept({ guid, event, payload });
  } catch (error) {
    options.log.error({ err: error, delivery: guid, event }, "a delivery could not be stored");
    return { status: 503, text: "could not store the delivery" };
  }
  return { status: 202, text: "accepted" };
}

/**
 * Reads the body. The rest of a body that is too large is read and discarded, up to a limit: a sender that is still
 * writing when the connection closes does not see the response.
 */
function read(request: IncomingMessage): Promise<Buffer | "too large" | "cut off"> {
  return new Promise((done) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else chunks.length = 0;
      if (size > LARGEST_DRAINED) done("too large");
    });
    request.on("end", () => done(size > LARGEST_BODY ? "too large" : Buffer.concat(chunks)));
    request.on("close", () => done("cut off"));
    request.on("error", () => done("cut off"));
  });
}

function parse(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as { readonly [key: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

function notAllowed(allow: string): Answer {
  return { status: 405, text: "method not allowed", headers: { allow } };
}

function send(request: IncomingMessage, response: ServerResponse, reply: Answer): void {
  if (response.destroyed) return;
  const body = Buffer.from(`${reply.text}\n`);
  // The unread rest of a refused body must not be parsed as the next request.
  if (!request.complete) response.setHeader("connection", "close");
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.setHeader("content-type", reply.type ?? "text/plain; charset=utf-8");
  response.setHeader("content-length", body.length);
  response.setHeader("x-content-type-options", "nosniff");
  response.writeHead(reply.status);
  response.end(request.method === "HEAD" ? undefined : body);
}
