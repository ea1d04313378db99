import { RequestError } from "octokit";

/** Why a request to GitHub failed. */
export type Failure =
  /** To be retried after so many seconds; GitHub may block clients that do not wait. */
  | { readonly kind: "limited"; readonly seconds: number }
  /** GitHub or the connection failed; a retry may succeed. */
  | { readonly kind: "transient"; readonly reason: string }
  /** The resource does not exist, or the App may not see it. */
  | { readonly kind: "gone"; readonly reason: string }
  /** GitHub refuses the request; a retry does not help. */
  | { readonly kind: "refused"; readonly status: number; readonly reason: string }
  /** The installation or the repository cannot be used until somebody changes that. */
  | ({ readonly kind: "unavailable" } & Pick<Unavailable, "scope" | "reason" | "message">);

/** Thrown where GitHub does not let the App use an installation or a repository. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  readonly scope: "installation" | "repository";
  readonly reason: "suspended" | "uninstalled" | "permission" | "gone";

  constructor(scope: Unavailable["scope"], reason: Unavailable["reason"], message: string) {
    super(message);
    this.scope = scope;
    this.reason = reason;
  }
}

/** Thrown instead of a request while GitHub requires us to wait. */
export class HeldBack extends Error {
  override readonly name = "HeldBack";
  readonly seconds: number;

  constructor(seconds: number) {
    super(`GitHub asked to wait ${Math.ceil(seconds)} s`);
    this.seconds = seconds;
  }
}

const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EPIPE", "EHOSTUNREACH"]);

/**
 * The failure behind an error of a request; undefined if it comes neither from GitHub nor from the connection, which
 * means a bug.
 */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof HeldBack) return { kind: "limited", seconds: error.seconds };
  if (error instanceof Unavailable) {
    return { kind: "unavailable", scope: error.scope, reason: error.reason, message: error.message };
  }
  if (error instanceof RequestError) return failureOfStatus(error);
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError" || error.name === "AbortError")
    return { kind: "transient", reason: "no answer in time" };
  const code = codeOf(error);
  if (code !== undefined && (NETWORK.has(code) || code.startsWith("UND_ERR")))
    return { kind: "transient", reason: code };
  return error instanceof TypeError && error.message === "fetch failed"
    ? { kind: "transient", reason: "no connection" }
    : undefined;
}

function failureOfStatus(error: RequestError): Failure {
  const limited = limitOf(error);
  if (limited !== undefined) return { kind: "limited", seconds: limited };
  // Octokit reports a connection that failed as a 500 without a response.
  if (error.response === undefined) return { kind: "transient", reason: codeOf(error.cause) ?? "no connection" };
  const reason = `HTTP ${error.status}`;
  if (error.status >= 500) return { kind: "transient", reason };
  // 401: the token was just revoked, or a clock is wrong; a new token may help.
  if (error.status === 401 || error.status === 408) return { kind: "transient", reason };
  if (error.status === 404 || error.status === 410) return { kind: "gone", reason };
  return { kind: "refused", status: error.status, reason };
}

/** What GitHub said when it refused a request. It holds nothing of the request's body or headers. */
export interface Refusal {
  readonly status: number;
  /** The method and the path, such as `GET /repos/acme/shop/pulls/3`. */
  readonly request: string;
  /** GitHub's message, with the fields that it complains about. */
  readonly message: string;
  readonly docs?: string;
  /** What GitHub's support asks for. */
  readonly id?: string;
}

const LONGEST_MESSAGE = 300;
const LONGEST_REQUEST = 200;

/** What GitHub said; undefined if the error is no response of GitHub. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof RequestError) || error.response === undefined) return undefined;
  const data = fieldsOf(error.response.data);
  const message = typeof data["message"] === "string" ? data["message"] : "no message";
  const complaints = (Array.isArray(data["errors"]) ? data["errors"] : []).map(complaintOf);
  const docs = data["documentation_url"];
  const id = error.response.headers["x-github-request-id"];
  return {
    status: error.status,
    request: `${error.request.method} ${pathOf(error.request.url)}`.slice(0, LONGEST_REQUEST),
    message: oneLine([message, ...complaints].join("; ")),
    ...(typeof docs === "string" ? { docs: oneLine(docs) } : {}),
    ...(typeof id === "string" ? { id: oneLine(id) } : {}),
  };
}

/** One entry of `errors`. Its `value` is what we sent, so it is left out. */
function complaintOf(entry: unknown): string {
  if (typeof entry === "string") return entry;
  const { resource, field, code, message } = fieldsOf(entry);
  return [resource, field, code, message].filter((part) => typeof part === "string").join(" ");
}

function fieldsOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { readonly [name: string]: unknown }) : {};
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : "";
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, LONGEST_MESSAGE);
}

/** The seconds until a time of GitHub's, in seconds since 1970, by the clock of the answer: ours may be wrong. */
export function secondsUntil(time: number, answered: string | null | undefined): number {
  const date = Date.parse(answered ?? "");
  return time - (Number.isNaN(date) ? Date.now() : date) / 1_000;
}

/** The seconds to wait for the primary or secondary rate limit; undefined for other errors. */
export function limitOf(error: RequestError): number | undefined {
  if (error.status !== 403 && error.status !== 429) return undefined;
  const headers = error.response?.headers ?? {};
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after) && after > 0) return after;
  if (headers["x-ratelimit-remaining"] === "0") {
    const reset = Number(headers["x-ratelimit-reset"]);
    return Number.isFinite(reset) ? Math.max(1, secondsUntil(reset, headers.date)) : 60;
  }
  if (error.status === 429 || /secondary rate limit|abuse/i.test(error.message)) return 60;
  return undefined;
}

/** The code of a Node.js error or of its cause: fetch wraps it twice. */
function codeOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("code" in value && typeof value.code === "string") return value.code;
  return "cause" in value && value.cause !== value ? codeOf(value.cause) : undefined;
}
