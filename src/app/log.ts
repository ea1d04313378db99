import pino, { type Logger } from "pino";
import { errorForLog } from "./error-for-log.ts";

/** Installation, App, user and server tokens of GitHub, old and new form, and JSON Web Tokens. */
const TOKENS = /\b(?:gh[a-z]_[A-Za-z0-9._-]+|github_pat_\w+|eyJ[\w-]+\.[\w-]+\.[\w-]+)/g;
const BASIC = /\b(basic|bearer|token) [\w+/=.-]{16,}/gi;
const KEYS = /-----BEGIN[^-]*PRIVATE KEY-----.*?(?:-----END[^-]*PRIVATE KEY-----|$)/gs;

/** Replaces everything that looks like a credential, and each of `secrets`, in a text. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text.replace(KEYS, "[redacted]").replace(TOKENS, "[redacted]").replace(BASIC, "$1 [redacted]");
  for (const secret of secrets) if (secret.length > 0) clean = clean.replaceAll(secret, "[redacted]");
  return clean;
}

/**
 * The log of the server: JSON lines on `stream`. Redaction works on the finished line, so that no field, message, cause
 * or stack trace can contain a credential. Of errors, wherever they are, it shows what `errorForLog` says and nothing
 * else, so that no payload, body or header is logged.
 */
export function createLog(
  level: string,
  secrets: readonly string[],
  stream: { write(line: string): unknown } = process.stdout,
): Logger {
  return pino(
    {
      level,
      base: { name: "portcullis" },
      serializers: { err: errorForLog },
      formatters: { log: describeErrors },
      // An error alone would become the message, with whatever text it has.
      hooks: {
        logMethod(input, method) {
          const [first, ...rest] = input as unknown as unknown[];
          const given = first instanceof Error ? [{ err: first }, ...(rest.length === 0 ? ["error"] : rest)] : input;
          method.apply(this, given as typeof input);
        },
      },
    },
    { write: (line: string) => void stream.write(redact(line, secrets)) },
  );
}

/** A log that writes nothing, for libraries whose lines would contain payloads. What they throw is logged by us. */
export const SILENT: Logger = pino({ enabled: false });

function describeErrors(fields: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  // The serializer of `err` describes it; one under another name would be written with all its properties.
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Error && name !== "err" ? errorForLog(value) : value,
  ]);
  return Object.fromEntries(entries) as { [name: string]: unknown };
}
