import type { Pointer } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import type { ConfigSource } from "./read-config.ts";

/** A problem at the value that a pointer of a configuration leads to; without a source it has no place. */
export function configProblem(source: ConfigSource | undefined, pointer: Pointer, message: string): Problem {
  const place = source?.place(pointer);
  const path = place?.path ?? source?.path;
  return {
    stage: "config",
    ...(path === undefined ? {} : { path }),
    ...(place === undefined ? {} : { line: place.line, column: place.column }),
    message,
  };
}

/** Whether a value of a configuration comes from another file, which it extends. */
export function isShared(source: ConfigSource | undefined, pointer: Pointer): boolean {
  const place = source?.place(pointer);
  return place !== undefined && place.path !== source?.path;
}
