import type { Builtin } from "./builtin.ts";
import { runBuiltins } from "./run.ts";
import { sprintf } from "./sprintf.ts";

/** Every builtin that this process answers itself. */
export const builtins: { readonly [name: string]: Builtin } = {
  ...runBuiltins,
  sprintf,
};
