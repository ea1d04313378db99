import type { Problem } from "../../model/problem.ts";
import type { RenderOutcome } from "../../model/renderer.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Entry } from "./entry.ts";
import type { StepRendering } from "./step.ts";

/** Makes the failed rendering of a step: a problem at the file that the tool names, else at `path`, else at the source's entry. */
export function failure(
  outcome: Exclude<RenderOutcome<never>, { readonly kind: "rendered" }>,
  { path, entry, files }: { readonly path: string | undefined; readonly entry: Entry; readonly files: TreeFiles },
): StepRendering & { readonly kind: "failed" } {
  const { kind, message } = outcome;
  const named = kind === "failed" && outcome.path !== undefined ? files.fileAt(outcome.path)?.path : undefined;
  const own = path === undefined ? undefined : files.fileAt(path)?.path;
  const at =
    named !== undefined
      ? { path: named, line: kind === "failed" ? (outcome.line ?? 1) : 1 }
      : own !== undefined && own !== entry.path
        ? { path: own, line: 1 }
        : { path: entry.path, line: entry.line };
  const problem: Problem = {
    stage: "render",
    ...at,
    message:
      kind === "failed" ? `cannot be rendered: ${message}` : `could not be rendered within its limits: ${message}`,
  };
  return { kind: "failed", problems: [problem], ...(kind === "failed" ? {} : { transient: true as const }) };
}

/** The failed rendering for output that Kubernetes could not read. */
export function unreadable(message: string, { path, line }: Entry): StepRendering & { readonly kind: "failed" } {
  return {
    kind: "failed",
    problems: [{ stage: "render", path, line, message: `what is rendered cannot be read: ${message}` }],
  };
}
