import type { JsonObject } from "../../model/json.ts";
import type { ConfigAccess } from "../../rego/dialects/config-values.ts";
import { testWithConfigs } from "../../rego/dialects/test-with-configs.ts";
import { FIXTURE_TESTS } from "../../rego/fixture-tests.ts";
import type { ModuleSource, RegoError, TestAnswer, TestResult } from "../../rego/toolchain/protocol.ts";
import type { Toolchain } from "../../rego/toolchain/toolchain.ts";

/** What the test rules are run with. */
export interface RuleRequest {
  readonly modules: readonly ModuleSource[];
  readonly data: JsonObject;
  readonly run?: RegExp;
  readonly coverage: boolean;
  /** How tests read configuration files. */
  readonly configs: ConfigAccess;
}

/** All results of the test rules; `affected` and `needed` are absent where everything ran. */
export interface RuleRun {
  readonly results: readonly TestResult[];
  readonly errors: readonly RegoError[];
  readonly refused: readonly RegoError[];
  readonly coverage?: NonNullable<TestAnswer["coverage"]>;
  readonly affected?: ReadonlySet<string>;
  readonly needed?: ReadonlySet<string>;
}

/** Runs test rules; remembers the results of the last run, and where some modules changed runs only what depends on these. */
export interface WarmRules {
  run(request: RuleRequest, concerned?: readonly string[]): Promise<RuleRun>;
}

/** Creates it over a toolchain. `concerned` are the modules that changed; without them everything runs. */
export function createWarmRules(toolchain: Toolchain): WarmRules {
  let last: RuleRun | undefined;
  return {
    run: async (request, concerned) => {
      const known = last;
      if (known !== undefined && concerned?.length === 0) return { ...known, affected: new Set(), needed: new Set() };
      last = undefined;
      const part = known === undefined ? undefined : concerned;
      const answer = await ask(toolchain, request, part);
      const { affected, needed, ...rest } = answer;
      if (known === undefined || affected === undefined || needed === undefined) return (last = rest);
      const replaced = new Set(affected);
      const seen = new Set(needed);
      const of = <One extends { readonly path: string }>(
        old: readonly One[],
        fresh: readonly One[],
        gone: Set<string>,
      ) =>
        [...old.filter(({ path }) => !gone.has(path)), ...fresh].toSorted((a, b) =>
          a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
        );
      last = {
        results: of(known.results, rest.results, replaced),
        errors: of(known.errors, rest.errors, seen),
        refused: of(known.refused, rest.refused, seen),
      };
      return { ...last, affected: replaced, needed: seen };
    },
  };
}

async function ask(
  toolchain: Toolchain,
  { modules, data, run, coverage, configs }: RuleRequest,
  changed: readonly string[] | undefined,
): Promise<TestAnswer> {
  const asked = {
    modules,
    data,
    ...(run === undefined ? {} : { run: `(?:${run.source})|${FIXTURE_TESTS.package}\\.` }),
    ...(changed === undefined ? {} : { changed }),
    coverage,
  };
  const outcome = await testWithConfigs(toolchain, asked, configs);
  if (outcome.kind === "answer") return outcome.answer;
  const error = { path: "", line: 0, column: 0, code: outcome.reason, message: outcome.message };
  return { results: [], errors: [error], refused: [] };
}
