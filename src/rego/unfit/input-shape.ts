import type { Problem } from "../../model/problem.ts";
import type { Reference } from "../reading/module.ts";
import type { Reach } from "../reading/reach.ts";
import type { RuleFacts } from "../policies.ts";

/** Problems of rules that expect another input than they get, a manifest or (`combine`) the list of all, so that they never fire. */
export function otherInputs(rules: readonly RuleFacts[], reach: Reach, combine: boolean): readonly Problem[] {
  return rules.flatMap((rule) => {
    const reached = reach(rule.package, rule.name);
    const inputs = reached.references.filter(({ root }) => root === "input");
    if (inputs.length === 0 || reached.replaces) return [];
    const ofAdmission = admissionInput(inputs);
    const ofShape = combine ? manifestInput(inputs) : listInput(inputs, namesContents(reached.statements));
    const expected = ofAdmission ?? ofShape;
    if (expected === undefined) return [];
    const shape = combine
      ? "the list of all manifests where policies are combined"
      : `one manifest${ofAdmission === undefined ? ", or the policy under combine: in portcullis.yaml, or `check --combine`" : ""}`;
    const message = `policy ${rule.policy}: rule ${rule.name} ${expected}; expected rules over \`input\`, which is ${shape}`;
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

/** Of a rule that reads its input as one manifest only. */
function manifestInput(inputs: readonly Reference[]): string | undefined {
  const [first] = inputs;
  if (first === undefined || !inputs.every(({ steps: [key] }) => typeof key === "string")) return undefined;
  return `reads input.${String(first.steps[0])} (line ${first.line}) as of one manifest`;
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
