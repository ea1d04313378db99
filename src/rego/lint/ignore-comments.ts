import type { LintIssue } from "../../model/lint.ts";
import { lintRules } from "../../model/lint.ts";
import type { PolicyFile } from "../../model/policy.ts";

interface Comment {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  /** The lines that it is about, both inclusive. */
  readonly from: number;
  readonly to: number;
}

const PATTERN = /#\s*portcullis-lint ignore:\s*(\S*)\s*(.*)$/;

/**
 * The issues without those that comments ignore, and with those of the comments themselves. Whether a comment ignores
 * anything is known only where all rules ran (`complete`).
 */
export function withoutIgnored(
  issues: readonly LintIssue[],
  files: readonly PolicyFile[],
  complete: boolean,
): readonly LintIssue[] {
  const comments = files.flatMap(commentsIn);
  const used = new Set<Comment>();
  const left = issues.filter((issue) => {
    const about = comments.filter(
      ({ path, rule, reason, from, to }) =>
        path === issue.path && rule === issue.rule && reason !== "" && from <= issue.line && issue.line <= to,
    );
    for (const comment of about) used.add(comment);
    return about.length === 0;
  });
  const own = comments.flatMap((comment): readonly LintIssue[] => {
    const message = complaint(comment, used.has(comment) || !complete);
    return message === undefined ? [] : [{ path: comment.path, line: comment.line, rule: "ignore", message }];
  });
  return [...left, ...own];
}

function complaint({ rule, reason }: Comment, isUsed: boolean): string | undefined {
  if (!Object.hasOwn(lintRules, rule))
    return `there is no rule "${rule}": expected one of ${Object.keys(lintRules).join(", ")}`;
  if (reason === "") return `the comment gives no reason: expected "# portcullis-lint ignore: ${rule} REASON"`;
  return isUsed ? undefined : `there is nothing of ${rule} to ignore: remove the comment`;
}

/** A comment behind code is about its line; one on a line of its own, about its block of comments and the line below. */
function commentsIn({ path, text }: PolicyFile): readonly Comment[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at): readonly Comment[] => {
    const [, rule, reason = ""] = PATTERN.exec(line) ?? [];
    if (rule === undefined) return [];
    let [from, to] = [at + 1, at + 1];
    if (/^\s*#/.test(line)) {
      while (/^\s*#/.test(lines[from - 2] ?? "")) from -= 1;
      while (/^\s*#/.test(lines[to] ?? "")) to += 1;
      to += 1;
    }
    return [{ path, line: at + 1, rule, reason: reason.trim(), from, to }];
  });
}
