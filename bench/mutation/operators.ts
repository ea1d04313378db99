/** A node of the syntax tree, as far as the operators look at it. */
export interface Syntax {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A replacement of one stretch of text. */
export interface Edit {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const comparisons: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
};
const leaving = new Set(["ReturnStatement", "ContinueStatement", "BreakStatement"]);

/** The faults that fit one node. `parents` leads from the outermost node to the one that holds it. */
export function editsOf(node: Syntax, parents: readonly Syntax[], text: string): readonly Edit[] {
  const parent = parents.at(-1);
  const source = (of: Syntax): string => text.slice(of.start, of.end);
  const replace = (operator: string, of: Syntax, replacement: string): Edit => ({
    operator,
    start: of.start,
    end: of.end,
    replacement,
  });
  switch (node.type) {
    case "IfStatement":
      return [
        negated(node, source, replace),
        ...(node.alternate === null && leaves(node.consequent) ? [replace("remove statement", node, "{}")] : []),
      ];
    case "WhileStatement":
      return [negated(node, source, replace)];
    case "ConditionalExpression": {
      const { test, consequent, alternate } = node as Record<string, unknown> as Record<string, Syntax>;
      if (test === undefined || consequent === undefined || alternate === undefined) return [];
      return [replace("swap branches", node, `(${source(test)} ? ${source(alternate)} : ${source(consequent)})`)];
    }
    case "UnaryExpression":
      return node.operator === "!" ? [replace("drop !", node, source(node.argument as Syntax))] : [];
    case "LogicalExpression": {
      const [left, right] = [source(node.left as Syntax), source(node.right as Syntax)];
      if (node.operator === "??") return [replace("drop default", node, `(${left})`)];
      // Brackets, since `??` and `&&` may not meet without them.
      return [replace("swap && and ||", node, `((${left}) ${node.operator === "&&" ? "||" : "&&"} (${right}))`)];
    }
    case "BinaryExpression": {
      const [left, right] = [node.left as Syntax, node.right as Syntax];
      const between = { ...node, start: left.end, end: right.start };
      const operator = String(node.operator);
      const swap = (to: string): Edit =>
        replace(
          `${operator} to ${to}`,
          between,
          source(between).replace(operator, () => to),
        );
      if (comparisons[operator] !== undefined) return [swap(comparisons[operator])];
      const counts = [left, right].some(({ type }) => type === "NumericLiteral");
      return counts && (operator === "+" || operator === "-") ? [swap(operator === "+" ? "-" : "+")] : [];
    }
    case "ExpressionStatement": {
      const { type } = node.expression as Syntax;
      const acts = ["CallExpression", "AssignmentExpression", "UpdateExpression", "AwaitExpression"].includes(type);
      return acts && !isSuper(node.expression as Syntax) ? [replace("remove statement", node, "{}")] : [];
    }
    case "ContinueStatement":
    case "BreakStatement":
      return parent?.type === "SwitchCase" || parent?.type === "IfStatement"
        ? []
        : [replace("remove statement", node, "{}")];
    case "ReturnStatement":
      return node.argument === null ? [] : answers(node.argument as Syntax, source, replace);
    case "ArrowFunctionExpression":
      return (node.body as Syntax).type === "BlockStatement" ? [] : answers(node.body as Syntax, source, replace);
    case "ArrayExpression":
      return dropped(node.elements as readonly (Syntax | null)[], text);
    case "ObjectExpression":
      return dropped(node.properties as readonly Syntax[], text).filter((_, i) => {
        return (node.properties as readonly Syntax[])[i]?.type === "SpreadElement";
      });
    case "BooleanLiteral":
      return isAnswer(parent) ? [] : [replace("change literal", node, String(node.value !== true))];
    case "NumericLiteral":
      return isKey(node, parent) ? [] : [replace("change literal", node, `${Number(node.value) + 1}`)];
    case "StringLiteral":
      return isKey(node, parent) || isMessage(parents)
        ? []
        : [replace("change literal", node, node.value === "" ? '"x"' : '""')];
    case "MemberExpression": {
      const property = node.property as Syntax;
      const other = { some: "every", every: "some" }[String(property.name)];
      return other === undefined || parent?.type !== "CallExpression"
        ? []
        : [replace("swap some and every", property, other)];
    }
    default:
      return [];
  }
}

type Source = (of: Syntax) => string;
type Replace = (operator: string, of: Syntax, replacement: string) => Edit;

function negated(node: Syntax, source: Source, replace: Replace): Edit {
  const test = node.test as Syntax;
  return replace("negate condition", test, `!(${source(test)})`);
}

/** What a function may answer instead. */
function answers(value: Syntax, source: Source, replace: Replace): readonly Edit[] {
  const returning = (replacement: string): Edit => replace("change answer", value, replacement);
  if (value.type === "BooleanLiteral") return [returning(String(value.value !== true))];
  if (value.type === "ArrayExpression") return source(value) === "[]" ? [] : [returning("[]")];
  if (value.type === "BinaryExpression" && comparisons[String(value.operator)] !== undefined)
    return [returning("true"), returning("false")];
  if (value.type === "Identifier" && value.name === "undefined") return [];
  return [returning("undefined")];
}

/** Each element left out, in turn. */
function dropped(elements: readonly (Syntax | null)[], text: string): readonly Edit[] {
  return elements.flatMap((element) => {
    if (element === null) return [];
    const comma = /^\s*,/.exec(text.slice(element.end))?.[0].length ?? 0;
    return [{ operator: "drop element", start: element.start, end: element.end + comma, replacement: "" }];
  });
}

function leaves(statement: unknown): boolean {
  const { type, body } = statement as Syntax;
  if (type !== "BlockStatement") return leaving.has(type);
  return leaving.has((body as readonly Syntax[]).at(-1)?.type ?? "");
}

function isSuper(expression: Syntax): boolean {
  return expression.type === "CallExpression" && (expression.callee as Syntax).type === "Super";
}

/** Its change is one of `answers` already. */
function isAnswer(parent: Syntax | undefined): boolean {
  return parent?.type === "ReturnStatement" || parent?.type === "ArrowFunctionExpression";
}

/** Names of modules and of properties are not what a program computes with. */
function isKey(node: Syntax, parent: Syntax | undefined): boolean {
  if (parent === undefined) return true;
  return /^(Import|Export)/.test(parent.type) || (parent.type.endsWith("Property") && parent.key === node);
}

/** A throw is a bug of ours: its text is nothing that users rely on. */
function isMessage(parents: readonly Syntax[]): boolean {
  return parents.some(({ type }) => type === "ThrowStatement");
}
