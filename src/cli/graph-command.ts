import type { Problem } from "../model/problem.ts";
import { graphFormats, type GraphFormatName } from "../report/graph/formats.ts";
import { tell, withDesiredState } from "./desired-subject.ts";

/** The options of `portcullis graph`. */
export interface GraphOptions {
  readonly config?: string;
  readonly output: GraphFormatName;
}

/**
 * Runs `portcullis graph`: the graph on stdout, and what could not be rendered also on stderr. Returns the exit code.
 */
export async function graphCommand(named: readonly string[], options: GraphOptions): Promise<number> {
  return withDesiredState(named, options, async ({ state }) => {
    const problems: Problem[] = [...state.problems];
    for (const unit of state.units) problems.push(...(await unit.render()).problems);
    const text = graphFormats[options.output](state.graph);
    await new Promise<void>((done) => process.stdout.write(text, () => done()));
    tell(problems);
    return problems.length > 0 ? 2 : 0;
  });
}
