import type { Pointer } from "../model/json.ts";

/** One error in a configuration and its place. */
export interface ConfigError {
  readonly pointer: Pointer;
  readonly message: string;
}
