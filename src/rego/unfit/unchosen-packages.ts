import type { Problem } from "../../model/problem.ts";
import type { RuleFacts } from "../policies.ts";
import type { Module, Statement } from "../reading/module.ts";
import type { Reach } from "../reading/reach.ts";

/**
 * Problems of packages with deciding rules that nothing chose to run and that no rule that runs reads: otherwise nothing
 * would show that they are missing.
 */
export function unchosenPackages(
  modules: readonly Module[],
  rules: readonly RuleFacts[],
  reach: Reach,
): readonly Problem[] {
  const run = new Set(rules.map((rule) => rule.package));
  const used = new Set(rules.flatMap((rule) => [...reach(rule.package, rule.name).packages]));
  const seen = new Set<string>();
  return modules.flatMap((module): readonly Problem[] => {
    const name = module.package;
    const rule = module.statements.find(decides);
    if (rule === undefined || run.has(name) || used.has(name) || seen.has(name)) return [];
    seen.add(name);
    const message = `package ${name} has a rule ${rule.name} but does not run: add METADATA to it, or select it with --namespace ${name}`;
    return [{ stage: "compile", path: module.path, line: rule.line, message }];
  });
}

/** Whether a statement is a rule whose name decides, with a body or a set of messages. */
function decides({ name, isDefault, tokens }: Statement): boolean {
  const next = tokens[0]?.text ?? "";
  return !isDefault && /^(?:deny|violation|warn)(?:_[a-zA-Z0-9]+)*$/.test(name) && /^(?:contains|if|\[|\{)$/.test(next);
}
