import type { Problem } from "../../model/problem.ts";
import { expectedResults } from "../results.ts";
import type { RuleFacts } from "../policies.ts";
import type { Statement } from "../reading/module.ts";
import type { Reach } from "../reading/reach.ts";

const LITERAL_WORDS = new Set(["true", "false", "null", "set"]);

/** The rules whose names decide although they are constants, such as a list of names. */
export function constantRules(rules: readonly RuleFacts[], reach: Reach): readonly RuleFacts[] {
  return rules.filter((rule) => {
    // A list named just `deny` is a list of messages, as in conftest.
    if (rule.shape !== "value" || !rule.name.includes("_")) return false;
    const own = reach(rule.package, rule.name).statements.filter(({ name }) => name === rule.name);
    return own.length > 0 && own.every(isConstant);
  });
}

/** The problem of a constant whose name decides. */
export function constantProblem(rule: RuleFacts): Problem {
  const message = `policy ${rule.policy}: ${rule.name} is a constant, and its name is that of a rule; expected ${expectedResults}, or a name that does not begin with deny, violation or warn`;
  return { stage: "compile", path: rule.path, line: rule.line, message };
}

function isConstant({ isDefault, tokens }: Statement): boolean {
  const [equals, ...value] = tokens;
  if (isDefault || (equals?.text !== ":=" && equals?.text !== "=")) return false;
  // `deny := true` is a rule that always fires.
  if (value.length === 1 && /^(?:true|false)$/.test(value[0]?.text ?? "")) return false;
  return value.every(({ kind, text }) => kind !== "word" || LITERAL_WORDS.has(text));
}
