import type { Problem } from "../../model/problem.ts";
import type { Reference } from "../reading/module.ts";
import type { Reach } from "../reading/reach.ts";
import type { RuleFacts } from "../policies.ts";

/** Problems of rules that expect another input than a manifest, so that they never fire. */
export function otherInputs(rules: readonly RuleFacts[], reach: Reach): readonly Problem[] {
  return rules.flatMap((rule) => {
    const reached = reach(rule.package, rule.name);
    const inputs = reached.references.filter(({ root }) => root === "input");
    if (inputs.length === 0 || reached.replaces) return [];
    const expected = admissionInput(inputs) ?? listInput(inputs, namesContents(reached.statements));
    if (expected === undefined) return [];
    const message = `policy ${rule.policy}: rule ${rule.name} ${expected}; expected rules over \`input\`, which is one manifest`;
    return [{ stage: "compile", path: rule.path, line: rule.line, message }];
  });
}

/** Of a rule that reads nothing of its input but what admission sets. */
function admissionInput(inputs: readonly Reference[]): string | undefined {
  const ofAdmission = new Set(["review", "request"]);
  if (!inputs.every(({ steps: [key] }) => key === "parameters" || ofAdmission.has(String(key)))) return undefined;
  const first = inputs.find(({ steps: [key] }) => ofAdmission.has(String(key)));
  if (first === undefined) return undefined;
  return `can never fire: it reads input.${String(first.steps[0])} (line ${first.line}), which only admission sets`;
}

/** Of a rule that reads its input as a list of documents only. */
function listInput(inputs: readonly Reference[], contents: boolean): string | undefined {
  const isItem = ({ steps, after }: Reference): boolean =>
    steps.length === 0 ? after === "in" : steps[0] === undefined || typeof steps[0] === "number";
  const [first] = inputs;
  if (first === undefined || !inputs.every(isItem)) return undefined;
  const byNumber = inputs.every(({ steps }) => typeof steps[0] === "number");
  if (!contents && !byNumber) return undefined;
  return `can never fire: it reads \`input\` as a list of documents (line ${first.line}), as conftest --combine gives it`;
}

function namesContents(statements: ReturnType<Reach>["statements"]): boolean {
  return statements.some(({ tokens }) =>
    tokens.some(({ kind, text }, at) => {
      if (text !== "contents") return false;
      const before = tokens[at - 1];
      return before?.kind === "mark" && (kind === "string" ? before.text === "[" && before.tight : before.text === ".");
    }),
  );
}
