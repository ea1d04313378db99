import { statSync } from "node:fs";
import { resolve } from "node:path";
import { makeJudge } from "../engine/make-judge.ts";
import { defaultLimits } from "../rego/create-judge.ts";
import { createToolchain } from "../rego/toolchain/toolchain.ts";
import { isCompiled, writeCompiled } from "./compiled-policies.ts";
import { tell } from "./desired-subject.ts";
import { progressLine } from "./progress.ts";
import { configurationHere } from "./read-configuration.ts";
import { readPolicies, type PolicyOptions } from "./read-policies.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis compile`. */
export interface CompileOptions extends PolicyOptions {
  readonly config?: string;
  readonly output: string;
}

/**
 * Runs `portcullis compile`: compiles a policy set and writes it to a file that `check --policy` uses. Returns 0, or 2 if
 * anything does not compile; nothing is written then.
 */
export async function compileCommand(options: CompileOptions): Promise<number> {
  const { output } = options;
  if (!isCompiled(output)) throw new UsageError(`--output ${output}: expected a name that ends in .portcullis`);
  if (options.policy?.some(isCompiled) === true) throw new UsageError("-p names policies that are compiled already");
  const cwd = process.cwd();
  const progress = progressLine(process.stderr, "compiling");
  const entries = new Map<string, Uint8Array>();
  const toolchain = createToolchain({ onCompiled: (key, entry) => entries.set(key, entry) });
  try {
    const inForce = await configurationHere(options.config, cwd, options);
    // `check` reads data, parameters and versions of the configuration where it runs.
    const { kubernetes: _, ...schemas } = inForce.config.schemas;
    const config = { ...inForce.config, data: [], environments: {}, schemas };
    const read = await readPolicies(options, { ...inForce, config }, cwd, (line) => {
      progress.clear();
      process.stderr.write(`portcullis: ${line}\n`);
    });
    const judge = await makeJudge(read.sources, { toolchain, now: new Date().toISOString(), ...defaultLimits });
    const policies = judge.policies.length;
    await judge.close();
    progress.end();
    const problems = [...inForce.problems, ...read.problems, ...read.refused, ...judge.problems];
    tell(problems);
    if (problems.length > 0) return 2;
    await writeCompiled(output, { sources: read.sources, entries, cwd });
    const size = (statSync(resolve(cwd, output)).size / 2 ** 20).toFixed(1);
    process.stdout.write(`${output}: ${policies} ${policies === 1 ? "policy" : "policies"}, ${size} MiB\n`);
    return 0;
  } finally {
    progress.end();
    toolchain.close();
  }
}
