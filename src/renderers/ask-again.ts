import { createHash } from "node:crypto";
import type { ModuleOutcome, ModulePool } from "./module-pool.ts";

/** The most answers that are held: a build with charts prints megabytes. */
const mostAnswers = 8;

/**
 * Asks a pool, and answers equal requests from what the last of them were answered. A build whose charts ask for API versions is
 * asked once for every combination of these, and most combinations make the charts print the same.
 */
export function askingAgain(pool: Pick<ModulePool, "ask">): Pick<ModulePool, "ask"> {
  const held = new Map<string, Promise<ModuleOutcome<unknown>>>();
  const ask = <Answer>(operation: string, request: object, blob: Uint8Array = new Uint8Array()) => {
    const key = createHash("sha256")
      .update(JSON.stringify([operation, request]))
      .update(blob)
      .digest("hex");
    const outcome = held.get(key) ?? pool.ask(operation, request, blob);
    held.delete(key);
    held.set(key, outcome);
    const [oldest] = held.keys();
    if (held.size > mostAnswers && oldest !== undefined) held.delete(oldest);
    // What a limit ended may succeed the next time.
    void outcome.then(({ kind }) => kind === "answered" || held.delete(key));
    return outcome as Promise<ModuleOutcome<Answer>>;
  };
  return { ask };
}
