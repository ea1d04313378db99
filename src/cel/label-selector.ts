import { isObject } from "../manifest/identity.ts";
import { isList, member } from "../manifest/member.ts";
import type { Json } from "../model/json.ts";

/** Whether labels fit a label selector of Kubernetes; an absent or empty one fits all. */
export function fitsSelector(selector: Json | undefined, labels: Json | undefined): boolean {
  const exact = member(selector, "matchLabels");
  const expressions = member(selector, "matchExpressions");
  return (
    (!isObject(exact) || Object.keys(exact).every((key) => member(labels, key) === exact[key])) &&
    (!isList(expressions) || expressions.every((one) => fitsExpression(one, labels)))
  );
}

function fitsExpression(expression: Json, labels: Json | undefined): boolean {
  const key = member(expression, "key");
  const values = member(expression, "values");
  const value = typeof key === "string" ? member(labels, key) : undefined;
  const listed = value !== undefined && isList(values) && values.includes(value);
  const operator = member(expression, "operator");
  if (operator === "In") return listed;
  if (operator === "NotIn") return !listed;
  if (operator === "Exists") return value !== undefined;
  return operator === "DoesNotExist" && value === undefined;
}

/** The keys that a selector asks for. */
export function keysOfSelector(selector: Json | undefined): readonly string[] {
  const exact = member(selector, "matchLabels");
  const expressions = member(selector, "matchExpressions");
  return [
    ...(isObject(exact) ? Object.keys(exact) : []),
    ...(isList(expressions)
      ? expressions.map((one) => member(one, "key")).filter((key) => typeof key === "string")
      : []),
  ];
}
