import pino, { type Logger } from "pino";

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
 * or stack trace can contain a credential. Payloads are never logged.
 */
export function createLog(
  level: string,
  secrets: readonly string[],
  stream: { write(line: string): unknown } = process.stdout,
): Logger {
  return pino(
    { level, base: { name: "portcullis" } },
    { write: (line: string) => void stream.write(redact(line, secrets)) },
  );
}
