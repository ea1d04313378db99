import type { Problem } from "../model/problem.ts";
import { suggestApply } from "../render/apply/suggest-apply.ts";
import { applyBlock } from "../report/graph/apply-block.ts";
import { graphFormats, type GraphFormatName } from "../report/graph/formats.ts";
import { tell, withDesiredState } from "./desired-subject.ts";

/** The options of `portcullis graph`. */
export interface GraphOptions {
  readonly config?: string;
  readonly output: GraphFormatName;
  /** Print the `apply:` that names what is judged without any. */
  readonly suggest?: boolean;
  /** Nothing is fetched: what was fetched before is used. */
  readonly offline?: boolean;
}

/**
 * Runs `portcullis graph`: the graph on stdout, and what could not be rendered also on stderr. Returns the exit code.
 */
export async function graphCommand(named: readonly string[], options: GraphOptions): Promise<number> {
  return withDesiredState(named, options, async ({ tree, config, whole, progress }) => {
    const state = await whole();
    const problems: Problem[] = [...state.problems];
    for (const unit of state.units) problems.push(...(await unit.render()).problems);
    const text =
      options.suggest === true
        ? applyBlock(await suggestApply(tree, state, config))
        : graphFormats[options.output](state.graph);
    progress.clear();
    await new Promise<void>((done) => process.stdout.write(text, () => done()));
    tell(problems);
    return problems.length > 0 ? 2 : 0;
  });
}
