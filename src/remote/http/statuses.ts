import { STATUS_CODES } from "node:http";
import { oneLine, RemoteFailure, shown } from "../failure.ts";
import { readStart } from "./body.ts";
import type { HttpRequest } from "./request.ts";
import type { Exchange } from "./transport.ts";

/** Nothing is known; it may be when it is asked again. */
export class Unanswered extends RemoteFailure {
  /** Milliseconds that the server wants not to be asked. */
  readonly after: number | undefined;
  /** The origin that gave no answer. */
  readonly origin: string;
  /** It did not say anything, so that asking it for something else is in vain as well. */
  readonly isSilent: boolean;

  /** Without what was asked for. */
  readonly why: string;

  constructor(
    what: string,
    why: string,
    { after, origin, isSilent = false }: { after?: number | undefined; origin: string; isSilent?: boolean },
  ) {
    super("unanswered", `${what}: ${why}`);
    this.why = why;
    this.after = after;
    this.origin = origin;
    this.isSilent = isSilent;
  }
}

const passing = new Set([408, 425, 429]);
const startBytes = 2_000;
/** A server's words may be cut off within a secret. */
const startOfSecret = 8;

/** What a status other than success means. */
export async function failureOf(
  exchange: Exchange,
  { what, authorization, secrets = [] }: Pick<HttpRequest, "what" | "authorization" | "secrets">,
  url: URL,
): Promise<RemoteFailure> {
  const { status, headers } = exchange;
  const text = await readStart(exchange, startBytes);
  const sent = [...secrets, ...(authorization === undefined ? [] : secretsOf(authorization))];
  const isSecret = sent.some((secret) => secret !== "" && text.includes(secret.slice(0, startOfSecret)));
  const words = isSecret ? "" : wordsOf(text, String(headers["content-type"] ?? ""));
  const meaning = STATUS_CODES[status] === undefined ? "" : ` ${STATUS_CODES[status]}`;
  const why = `${shown(url)} answered ${status}${meaning}${words === "" ? "" : `: ${words}`}`;
  if (passing.has(status) || status >= 500) {
    return new Unanswered(what, why, { after: retryAfter(headers["retry-after"]), origin: url.origin });
  }
  return new RemoteFailure("absent", `${what}: ${why}`);
}

/** What a server says in its own words: plain text, or the messages of JSON. A page is for a browser. */
function wordsOf(text: string, type: string): string {
  if (/json/i.test(type) || /^\s*\{/.test(text)) return oneLine(messageOf(text));
  if (/html/i.test(type) || /^\s*</.test(text)) return "";
  return oneLine(text.trim().split(/\r?\n/, 1)[0] ?? "");
}

interface Said {
  readonly errors?: unknown;
  readonly message?: unknown;
  readonly error?: unknown;
  readonly details?: unknown;
}

function messageOf(text: string): string {
  let said: Said;
  try {
    said = JSON.parse(text) as Said;
  } catch {
    return "";
  }
  const texts = Array.isArray(said?.errors)
    ? said.errors.map(
        (error: { readonly code?: unknown; readonly message?: unknown } | null) => error?.message ?? error?.code,
      )
    : [said?.message, said?.error, said?.details];
  return texts.filter((part) => typeof part === "string" && part !== "").join("; ");
}

/** What of an Authorization header a server could repeat. */
function secretsOf(authorization: string): readonly string[] {
  const [, credentials = ""] = authorization.split(" ");
  const [, password = ""] = Buffer.from(credentials, "base64").toString().split(/:(.*)/s);
  return [credentials, password];
}

/** Milliseconds, from seconds or a date. */
function retryAfter(header: string | readonly string[] | undefined): number | undefined {
  if (typeof header !== "string") return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

const causes: { readonly [code: string]: string } = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "it broke off",
  UND_ERR_SOCKET: "it broke off",
  EPIPE: "it broke off",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "it cannot be reached",
  ENETUNREACH: "it cannot be reached",
  UND_ERR_HEADERS_OVERFLOW: "its headers are too large",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "it sent another length than it had said",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "it sent another length than it had said",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not signed by a trusted authority",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not signed by a trusted authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not signed by a trusted authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not signed by a trusted authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  CERT_HAS_EXPIRED: "its certificate has expired",
  Z_DATA_ERROR: "it sent what cannot be inflated",
  Z_BUF_ERROR: "it sent what cannot be inflated",
};

/** What a failure of the network or of a library means. */
export function causeOf(error: unknown): string {
  const { code, cause, message } = (error ?? {}) as { code?: unknown; cause?: unknown; message?: unknown };
  const name = typeof code === "string" ? code : (cause as { code?: unknown } | undefined)?.code;
  return (typeof name === "string" ? causes[name] : undefined) ?? oneLine(String(name ?? message));
}
