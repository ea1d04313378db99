import type { LintIssue } from "../../model/lint.ts";
import { isObject } from "../../manifest/identity.ts";
import type { RuleFacts } from "../policies.ts";
import type { Module } from "../reading/module.ts";
import { referencesIn } from "../reading/reach.ts";

/** Parameters that policies read and that `custom.parameters` of their METADATA does not describe. */
export function parameterIssues(modules: readonly Module[], rules: readonly RuleFacts[]): readonly LintIssue[] {
  const described = new Map<string, Set<string>>();
  for (const { policy, annotations } of rules) {
    const known = described.get(policy) ?? new Set();
    described.set(policy, known);
    for (const { value } of annotations) {
      const custom = value["custom"];
      const parameters = isObject(custom) ? custom["parameters"] : undefined;
      if (isObject(parameters)) for (const name of Object.keys(parameters)) known.add(name);
    }
  }
  const seen = new Set<string>();
  return modules.flatMap((module) =>
    module.statements.flatMap((statement) =>
      referencesIn(module, statement).flatMap(({ root, steps, line, after }): readonly LintIssue[] => {
        const [top, policy, name] = steps;
        if (root !== "data" || top !== "parameters" || after === "with") return [];
        if (typeof policy !== "string" || typeof name !== "string") return [];
        const known = described.get(policy);
        const key = `${policy} ${name}`;
        if (known === undefined || known.has(name) || seen.has(key)) return [];
        seen.add(key);
        const message = `METADATA does not describe the parameter ${name}: expected its JSON Schema at custom.parameters.${name}`;
        return [{ path: module.path, line, rule: "parameter-schema", message }];
      }),
    ),
  );
}
