import type { Problem } from "../../model/problem.ts";
import type { RenderOutcome } from "../../model/renderer.ts";
import type { TreeFiles } from "../tree-files.ts";
import type { StepRendering } from "./step.ts";

/** A build that came to nothing, as a problem of the root. */
export function failure(
  outcome: Exclude<RenderOutcome<never>, { readonly kind: "rendered" }>,
  { path, files }: { readonly path: string; readonly files: TreeFiles },
): StepRendering {
  const { kind, message } = outcome;
  const at = kind === "failed" && outcome.path !== undefined ? outcome.path : path;
  const line = kind === "failed" && outcome.line !== undefined ? outcome.line : 1;
  const problem: Problem = {
    stage: "render",
    path: files.fileAt(at)?.path ?? path,
    line,
    message:
      kind === "failed" ? `cannot be rendered: ${message}` : `could not be rendered within its limits: ${message}`,
  };
  return { kind: "failed", problems: [problem], ...(kind === "failed" ? {} : { transient: true as const }) };
}

/** Output that is no YAML as Kubernetes reads it. */
export function unreadable(message: string, path: string): StepRendering {
  return {
    kind: "failed",
    problems: [{ stage: "render", path, line: 1, message: `what is rendered of it: ${message}` }],
  };
}
