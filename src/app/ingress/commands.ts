/** What a comment asks the gate to do; `unknown` for a command that does not exist. */
export type Command = "recheck" | "override" | "unknown";

/**
 * The command in a comment; undefined if it is none. A command is alone in its comment, so that one that quotes another
 * asks for nothing.
 */
export function commandIn(comment: string): Command | undefined {
  const text = comment.trim();
  if (!/^\/portcullis(?:\s|$)/i.test(text)) return undefined;
  if (/^\/portcullis\s+override(?:\s|$)/.test(text)) return "override";
  return /^\/portcullis\s+recheck$/.test(text) ? "recheck" : "unknown";
}

const LONGEST_REASON = 500;

/**
 * What a comment gives as the reason of an override, on one line; empty if it gives none. It has no control character and
 * no half of a character, which PostgreSQL stores in no JSON.
 */
export function reasonIn(comment: string): string {
  const [, reason = ""] = /^\/portcullis\s+override\s([^]*)$/.exec(comment.trim()) ?? [];
  const line = reason.replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, " ").trim();
  return Array.from(line).slice(0, LONGEST_REASON).join("");
}
