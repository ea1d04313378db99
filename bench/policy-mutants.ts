import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createTestSession, type TestSession } from "../src/cli/tests/test-session.ts";
import { regoMutants, type RegoMutant } from "./policy-mutants/rego-mutants.ts";

// node dist/bench/policy-mutants.js [CATEGORY[/NAME]…]: puts small faults into the Rego of shipped policies, one at a time,
// and tells which of them the policy's own tests and fixtures miss.

const usage = `usage: node dist/bench/policy-mutants.js [CATEGORY[/NAME]...] [options]

Negate a condition, drop a line or change a constant in the policies below policies/, one at a time, and run the tests
and fixtures of the policy. Without a name: all policies. Mutants that do not compile are not counted.

  --each N      mutants of each policy (default 12)
  --seed N      picks the mutants (default 1)

Survivors: exit code 1.
`;

const library = "policies";
const aside = new Set(["lib", "frameworks", "profiles"]);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      each: { type: "string", default: "12" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    say(usage);
    return 0;
  }
  const chosen = policyIds().filter(
    (id) => positionals.length === 0 || positionals.some((name) => `${id}/`.startsWith(`${name}/`)),
  );
  const room = mkdtempSync(join(tmpdir(), "policy-mutants-"));
  const sums = new Map<string, { caught: number; survived: number }>();
  try {
    for (const id of chosen) {
      const text = readFileSync(join(library, id, "policy.rego"), "utf8");
      const mutants = pick(regoMutants(text), Number(values.each), Number(values.seed));
      const tally = await tryOut(join(room, id), { id, text, mutants });
      const [category = ""] = id.split("/");
      const sum = sums.get(category) ?? { caught: 0, survived: 0 };
      sums.set(category, { caught: sum.caught + tally.caught, survived: sum.survived + tally.survived });
    }
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
  let [caught, survived] = [0, 0];
  for (const [category, sum] of sums) {
    say(`${category}: ${sum.caught} of ${sum.caught + sum.survived} caught`);
    caught += sum.caught;
    survived += sum.survived;
  }
  say(`${caught} of ${caught + survived} mutants caught`);
  return survived === 0 ? 0 : 1;
}

function policyIds(): readonly string[] {
  return readdirSync(library, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !aside.has(entry.name))
    .flatMap(({ name }) => readdirSync(join(library, name)).map((policy) => `${name}/${policy}`));
}

/** Runs the tests of a copy of a policy for each of its mutants. */
async function tryOut(
  directory: string,
  { id, text, mutants }: { readonly id: string; readonly text: string; readonly mutants: readonly RegoMutant[] },
): Promise<{ readonly caught: number; readonly survived: number }> {
  mkdirSync(directory, { recursive: true });
  cpSync(join(library, "lib"), join(directory, "lib"), {
    recursive: true,
    filter: (path) => !path.endsWith("_test.rego"),
  });
  cpSync(join(library, id), join(directory, id), { recursive: true });
  const path = join(directory, id, "policy.rego");
  const session = createTestSession({
    named: [directory],
    regoVersion: "v1",
    coverage: false,
    again: true,
    update: false,
  });
  try {
    if ((await outcomeOf(session)) !== "passes") throw new Error(`${id}: its tests fail without a mutant`);
    let [caught, survived] = [0, 0];
    for (const mutant of mutants) {
      writeFileSync(path, mutant.text);
      const outcome = await outcomeOf(session);
      if (outcome === "fails") caught += 1;
      if (outcome !== "passes") continue;
      survived += 1;
      say(`SURVIVED ${id}:${mutant.line}: ${mutant.what}`);
    }
    writeFileSync(path, text);
    return { caught, survived };
  } finally {
    session.close();
  }
}

async function outcomeOf(session: TestSession): Promise<"passes" | "fails" | "does not compile"> {
  const { outcomes, problems } = await session.run();
  if (problems.length > 0) return "does not compile";
  return outcomes.every(({ outcome }) => outcome === "pass" || outcome === "skip") ? "passes" : "fails";
}

/** Some of the mutants, the same for the same seed. */
function pick(mutants: readonly RegoMutant[], most: number, seed: number): readonly RegoMutant[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return mutants
    .map((mutant) => ({ mutant, order: random() }))
    .toSorted((one, other) => one.order - other.order)
    .slice(0, most)
    .map(({ mutant }) => mutant);
}
