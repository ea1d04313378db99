import type { Config } from "../../model/config.ts";
import type { Policy, PolicySources } from "../../model/policy.ts";
import { describedParameters, parameterValues } from "../../rego/explain/parameters.ts";
import { createToolchain } from "../../rego/toolchain/toolchain.ts";
import { ruleTexts } from "../../rego/explain/rule-texts.ts";
import { inert } from "../../report/inert-text.ts";
import type { PolicyPage } from "../../report/explain/policy-page.ts";
import { libraryTree } from "../../tree/library-tree.ts";
import { fixturesIn } from "../../engine/authoring/fixtures.ts";
import type { PolicyOptions } from "../read-policies.ts";
import { declaredIn, inWords, knownId, openKnownPolicies, type OpenSet } from "./known-policies.ts";

/** The page of a policy of the configuration in force, by its id. */
export async function pageOf(id: string, options: PolicyOptions & { readonly config?: string }): Promise<PolicyPage> {
  const known = await openKnownPolicies(options);
  const { inForce, sets, builtins, problems } = known;
  const toolchain = createToolchain();
  try {
    const policies = [...sets.flatMap(({ judge }) => judge.policies), ...builtins];
    const ids = policies.map((policy) => policy.id);
    const meant = knownId(id, ids, problems);
    const policy = policies.find((one) => one.id === meant) ?? { id: meant, package: meant };
    const { sources, judge } = setOf(policy, sets);
    const rules = ruleTexts(sources.files, policy.package);
    const described = await describedParameters(sources, policy.package, toolchain);
    const level = inForce.config.levels[policy.id];
    const [first] = rules;
    return {
      id: policy.id,
      ...(policy.title === undefined ? {} : { title: policy.title }),
      ...(policy.description === undefined ? {} : { description: policy.description }),
      facts: [...factsOf(policy, level), ["source", first?.path ?? sourceOf(policy.id, sources)]],
      parameters: parametersOf(policy),
      rules,
      fixtures: first === undefined ? [] : await fixturesBeside(first.path),
    };

    function parametersOf({ id: of }: Policy): PolicyPage["parameters"] {
      const values = parameterValues(sources, of);
      const readBy = judge.parametersRead;
      const ofPolicy = readBy === undefined || readBy === "any" ? undefined : readBy.get(of);
      const names = new Set([
        ...described.keys(),
        ...values.keys(),
        ...(ofPolicy === undefined || ofPolicy === "any" ? [] : ofPolicy),
      ]);
      return [...names].toSorted().map((one) => {
        const schema = described.get(one);
        return { name: one, ...(schema === undefined ? {} : { schema }), values: values.get(one) ?? [] };
      });
    }
  } finally {
    await known.close();
    toolchain.close();
  }

  async function fixturesBeside(path: string): Promise<PolicyPage["fixtures"]> {
    const shipped = path.startsWith("@portcullis/library/");
    const tree = shipped ? libraryTree() : inForce.tree;
    const directory = path
      .replace(/^@portcullis\/library/, "policies")
      .split("/")
      .slice(0, -1)
      .join("/");
    const entries = await tree.list();
    const files = entries.filter(({ kind }) => kind === "file").map((entry) => entry.path);
    const beside = fixturesIn(files).filter((fixture) => fixture.beside === directory);
    const shown = beside.flatMap((fixture) => fixture.files).slice(0, 4);
    const fixtures: { readonly path: string; readonly lines: readonly string[] }[] = [];
    for await (const { path: at, bytes } of tree.readAll(shown))
      fixtures.push({ path: at, lines: new TextDecoder().decode(bytes).trimEnd().split("\n") });
    return fixtures;
  }
}

/** All policies of the configuration in force, each with its level and title on a line. */
export async function listOf(options: PolicyOptions & { readonly config?: string }): Promise<string> {
  const known = await openKnownPolicies(options);
  try {
    const { levels } = known.inForce.config;
    const policies = [...known.sets.flatMap(({ judge }) => judge.policies), ...known.builtins];
    const rows = new Map(
      policies.map(({ id, level = "deny", title = "" }) => {
        const configured = levels[id] ?? level;
        return [id, [inert(id), typeof configured === "string" ? configured : configured.level, inert(title)]];
      }),
    );
    const width = Math.max(0, ...[...rows.values()].map(([id = ""]) => id.length));
    const lines = [...rows.values()].map(([id = "", level = "", title = ""]) =>
      `${id.padEnd(width)}  ${level.padEnd(4)}  ${title}`.trimEnd(),
    );
    for (const problem of new Set(known.problems.map(inWords)))
      process.stderr.write(`portcullis: problem: ${inert(problem)}\n`);
    return lines
      .toSorted()
      .map((line) => `${line}\n`)
      .join("");
  } finally {
    await known.close();
  }
}

/** The set that a policy belongs to; the first for one that is built in. */
function setOf(policy: Policy, sets: readonly OpenSet[]): OpenSet {
  const found = sets.find(({ judge }) => judge.policies.includes(policy)) ?? sets[0];
  if (found === undefined) throw new Error("no set of policies");
  return found;
}

function sourceOf(id: string, sources: PolicySources): string {
  const object = declaredIn(id, [sources]);
  return object === undefined ? "built in" : `${object.path}:${object.line}`;
}

function factsOf(policy: Policy, level: Config["levels"][string] | undefined): readonly (readonly [string, string])[] {
  const own = policy.level ?? "deny";
  const configured =
    level === undefined
      ? own
      : `${typeof level === "string" ? level : JSON.stringify(level)} (the policy's own is ${own})`;
  return [
    ["level", configured],
    ...(policy.severity === undefined ? [] : [["severity", policy.severity] as const]),
    ...(policy.controls === undefined ? [] : [["controls", policy.controls.join(", ")] as const]),
    ...(policy.docs === undefined ? [] : [["docs", policy.docs] as const]),
  ];
}
