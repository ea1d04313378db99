import type { JsonnetVariable } from "../../model/renderer.ts";
import type { JsonnetOptions } from "../plan.ts";
import type { Fields } from "./fields.ts";
import type { SourceRequest } from "./source-request.ts";
import { resolvePath } from "./tree-path.ts";

/** Whether Argo CD evaluates a file of a directory as Jsonnet. */
export function isJsonnet(path: string): boolean {
  return path.endsWith(".jsonnet");
}

/** Reads `directory.jsonnet` of a source, as Argo CD's makeJsonnetVM does. */
export function jsonnetOptions(
  options: Fields | undefined,
  { environment, root, diagnostics }: Pick<SourceRequest, "environment" | "root" | "diagnostics">,
): JsonnetOptions {
  const variables = (key: string): readonly JsonnetVariable[] =>
    (options?.objects(key) ?? []).map((one) => ({
      name: one.text("name"),
      value: environment.expand(one.text("value")),
      ...(one.flag("code") ? { code: true } : {}),
    }));
  const libraries = (options?.texts("libs") ?? []).flatMap((written, at) => {
    const directory = resolvePath(root, written, root);
    if (directory === undefined)
      diagnostics.problem(
        `${options?.pointer ?? ""}/libs/${at}`,
        `library ${written} leads out of the repository; expected a directory relative to the root`,
      );
    return directory === undefined ? [] : [directory];
  });
  return { libraries, tlas: variables("tlas"), extVars: variables("extVars") };
}
