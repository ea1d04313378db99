import { setTimeout as pause } from "node:timers/promises";
import { RemoteFailure, shown } from "../failure.ts";
import type { RemoteLimits } from "../limits.ts";
import { readBody, readStart } from "./body.ts";
import { startClock, type Clock } from "./clock.ts";
import { readUrl } from "./judge-url.ts";
import type { NamedHosts } from "./named-hosts.ts";
import type { Names } from "./names.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "./request.ts";
import type { Origins } from "./origins.ts";
import { causeOf, failureOf, Unanswered } from "./statuses.ts";
import type { Exchange, Transport } from "./transport.ts";

interface ClientOptions {
  readonly named: NamedHosts;
  readonly names: Names;
  readonly transport: Transport;
  readonly origins: Origins;
  readonly limits: RemoteLimits;
  readonly tries: number;
  readonly signal?: AbortSignal;
}

const mostRedirects = 5;
const unreadBytes = 16_384;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Creates the client of one job. */
export function createClient(options: ClientOptions): HttpClient {
  const { origins } = options;
  return {
    ask: async (request) => {
      const { sink } = request;
      let isBegun = false;
      const watched =
        sink === undefined
          ? request
          : {
              ...request,
              sink: (piece: Uint8Array) => {
                isBegun = true;
                return sink(piece);
              },
            };
      for (let tried = 1; ; tried++) {
        try {
          return await tryOnce(watched, options);
        } catch (error) {
          if (!(error instanceof Unanswered)) throw error;
          const isLast = isBegun || origins.givenUp(error.origin) !== undefined || origins.isNetworkGone();
          const wait = isLast ? 0 : waitBefore(tried + 1, error, options);
          if (typeof wait === "number" && wait > 0) {
            await pause(wait, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(
              () => {},
            );
            continue;
          }
          origins.unanswered(error, wait === "too long");
          throw error;
        }
      }
    },
  };
}

/** Milliseconds to wait before another try; 0: there is none, and "too long" where that is the server's wish. */
function waitBefore(
  nextTry: number,
  { after }: Unanswered,
  { tries, limits, signal }: ClientOptions,
): number | "too long" {
  // Asking earlier than a server wants is asking in vain.
  if (after !== undefined && after > limits.longestPause) return "too long";
  if (nextTry > tries || signal?.aborted === true) return 0;
  const own = Math.min(limits.pause * 2 ** (nextTry - 2), limits.longestPause);
  return Math.max(own, after ?? 0, 1);
}

/** Where a request has got to. */
interface Trail {
  url: URL;
  /** Whether this server said anything. */
  isAnswered: boolean;
}

async function tryOnce(request: HttpRequest, options: ClientOptions): Promise<HttpAnswer> {
  const trail: Trail = { url: readUrl(request.url, options.named), isAnswered: false };
  const clock = startClock(options.limits, () => trail.url.host, options.signal);
  try {
    return await beforeEnd(follow(request, trail, options, clock), clock.signal);
  } catch (error) {
    if (error instanceof RemoteFailure) {
      if (!(error instanceof Unanswered) && trail.isAnswered) options.origins.answered(trail.url.origin);
      throw error;
    }
    const why = clock.signal.aborted ? clock.reason() : `${trail.url.host} gave no answer: ${causeOf(error)}`;
    const { url, isAnswered } = trail;
    throw new Unanswered(request.what, why, { origin: url.origin, isSilent: !isAnswered });
  } finally {
    clock.stop();
  }
}

async function follow(request: HttpRequest, trail: Trail, options: ClientOptions, clock: Clock): Promise<HttpAnswer> {
  const first = trail.url;
  const body = request.form?.toString() ?? request.body;
  let isSameOrigin = true;
  for (let followed = 0; ; followed++) {
    const { url } = trail;
    const givenUp = options.origins.givenUp(url.origin);
    if (givenUp !== undefined) throw new Unanswered(request.what, givenUp.why, givenUp);
    await options.names.judge(url);
    const exchange = await options.transport.send(url, headersOf(request, isSameOrigin), {
      signal: clock.signal,
      ...(body === undefined ? {} : { body }),
    });
    clock.tick();
    trail.isAnswered = true;
    try {
      const location = exchange.headers["location"];
      if (!redirects.has(exchange.status) || typeof location !== "string" || body !== undefined) {
        const answer = await answerOf(exchange, request, url, clock);
        options.origins.answered(url.origin);
        return answer;
      }
      if (followed === mostRedirects) {
        throw new RemoteFailure("absent", `${request.what} is behind more than ${mostRedirects} redirects`);
      }
      const next = readUrl(location, options.named, url);
      if (url.protocol === "https:" && next.protocol !== "https:") {
        throw new RemoteFailure("refused", `${shown(url)} redirects to ${shown(next)}, which is not HTTPS`);
      }
      options.origins.answered(url.origin);
      // Not even when it comes back to where it began.
      isSameOrigin &&= next.origin === first.origin;
      trail.isAnswered = next.origin === url.origin;
      trail.url = next;
    } finally {
      exchange.body.destroy();
    }
  }
}

async function answerOf(exchange: Exchange, request: HttpRequest, url: URL, clock: Clock): Promise<HttpAnswer> {
  const { status, headers } = exchange;
  if (status !== 200 && request.expected?.includes(status) !== true) throw await failureOf(exchange, request, url);
  const inflate = request.inflate === true;
  const bytes = status === 200 ? await readBody(exchange, { ...request, clock, inflate }) : new Uint8Array();
  // A connection is used again once its answer was read.
  if (status !== 200) await readStart(exchange, unreadBytes);
  return {
    url,
    status,
    bytes,
    header: (name) => {
      const value = headers[name];
      return typeof value === "string" ? value : value?.join(", ");
    },
  };
}

function headersOf(request: HttpRequest, isSameOrigin: boolean): { readonly [name: string]: string } {
  return {
    "user-agent": "portcullis",
    "accept-encoding": request.inflate === true ? "gzip" : "identity",
    ...(request.form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    ...request.headers,
    ...(isSameOrigin && request.authorization !== undefined ? { authorization: request.authorization } : {}),
  };
}

/** A name may take long to be found, which no signal ends. */
async function beforeEnd<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
  });
  return Promise.race([work, ended]);
}
