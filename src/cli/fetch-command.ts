import type { Problem } from "../model/problem.ts";
import type { DesiredState } from "../render/desired-state.ts";
import { inert } from "../report/inert-text.ts";
import { tell, withDesiredState, type DesiredSubject } from "./desired-subject.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis fetch` and `portcullis vendor`. */
export interface FetchOptions {
  readonly config?: string;
  readonly offline?: boolean;
}

/**
 * Runs `portcullis fetch`: fetches all that the tree refers to, for runs without the network, and lists it. Returns the
 * exit code.
 */
export async function fetchCommand(options: FetchOptions): Promise<number> {
  return withDesiredState([], options, async (subject) => {
    const { state, problems } = await fetched(subject);
    const lines = new Set(
      state.remotes.map(({ reference, version, digest }) => `${inert(reference)}  ${inert(version)}  ${digest}\n`),
    );
    subject.progress.clear();
    await new Promise<void>((done) => process.stdout.write([...lines].join(""), () => done()));
    tell(problems);
    return problems.length > 0 ? 2 : 0;
  });
}

/** The desired state with everything that it takes from servers, and what could not be fetched or rendered. */
export async function fetched({
  config,
  whole,
}: DesiredSubject): Promise<{ readonly state: DesiredState; readonly problems: readonly Problem[] }> {
  if (config.remotes.fetch === "off")
    throw new UsageError(
      "nothing is fetched: `remotes.fetch` of portcullis.yaml is off, or the file cannot be read (docs/remotes.md)",
    );
  const state = await whole();
  const problems: Problem[] = [...state.problems];
  for (const unit of state.units) problems.push(...(await unit.render()).problems);
  return { state, problems };
}
