import type { LintIssue } from "../../model/lint.ts";

/** The rules whose issues `--fix` mends, in the order in which it does; `format` is a new text. */
const fixableRules: ReadonlySet<string> = new Set(["format", "v0-syntax", "unused-import", "id-path", "metadata"]);

/** Whether an issue can be mended without asking the author anything. */
export function isFixable({ rule, message }: LintIssue): boolean {
  if (rule === "metadata") return /lacks .*custom\.id/.test(message);
  return fixableRules.has(rule);
}

/** A text without its unused imports, and with the id that its path gives it. */
export function fixedText(path: string, text: string, issues: readonly LintIssue[]): string {
  const lines: (string | undefined)[] = text.split("\n");
  const id = path.split("/").slice(0, -1).slice(-2).join("/");
  for (const issue of issues) {
    const at = issue.line - 1;
    const line = lines[at] ?? "";
    if (issue.rule === "unused-import" && /^import\s/.test(line)) lines[at] = undefined;
    if (issue.rule === "id-path") lines[at] = line.replace(/^(#\s+id:\s*).*$/, `$1${id}`);
    if (issue.rule === "metadata" && isFixable(issue) && id.includes("/")) addId(lines, at, id);
  }
  return lines.filter((line) => line !== undefined).join("\n");
}

/** Adds `custom.id` to the METADATA that begins at an index. */
function addId(lines: (string | undefined)[], start: number, id: string): void {
  if (!/^# METADATA\s*$/.test(lines[start] ?? "")) return;
  let end = start + 1;
  while (lines[end]?.startsWith("#") === true) {
    if (/^# custom:\s*$/.test(lines[end] ?? "")) {
      lines[end] = `${lines[end]}\n#   id: ${id}`;
      return;
    }
    end += 1;
  }
  lines[end - 1] = `${lines[end - 1]}\n# custom:\n#   id: ${id}`;
}
