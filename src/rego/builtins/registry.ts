import type { BuiltinRecord } from "./builtin.ts";

type Family = () => Promise<BuiltinRecord>;

const run: Family = async () => (await import("./run.ts")).runBuiltins;

/**
 * Where each builtin that this process answers itself is found. A family is loaded only for a policy set that calls one of
 * its members; what is not named here, OPA answers in a process of its own.
 */
export const families: { readonly [name: string]: Family } = {
  "time.now_ns": run,
  "rand.intn": run,
  "uuid.rfc4122": run,
  trace: run,
  sprintf: async () => (await import("./sprintf.ts")).sprintfBuiltins,
};
