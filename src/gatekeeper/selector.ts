import type { JsonObject } from "../model/json.ts";
import { listAt, objectAt, textAt, textsAt } from "./values.ts";

/** Whether a label selector of Kubernetes selects labels; an empty one selects all. */
export function selects(selector: JsonObject, labels: JsonObject): boolean {
  const label = (key: string): string | undefined => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const wanted = Object.entries(objectAt(selector, "matchLabels") ?? {});
  if (!wanted.every(([key, value]) => label(key) === value)) return false;
  return listAt(selector, "matchExpressions").every((expression) => {
    const value = label(textAt(expression, "key") ?? "");
    const values = textsAt(expression, "values");
    switch (textAt(expression, "operator")) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      case undefined:
      default:
        return false;
    }
  });
}

/** What is wrong in a label selector; undefined where it is right. */
export function selectorFault(selector: JsonObject): string | undefined {
  for (const expression of listAt(selector, "matchExpressions")) {
    const operator = textAt(expression, "operator") ?? "";
    const count = textsAt(expression, "values").length;
    if (["In", "NotIn"].includes(operator)) {
      if (count === 0) return `${operator} needs values`;
    } else if (["Exists", "DoesNotExist"].includes(operator)) {
      if (count > 0) return `${operator} takes no values`;
    } else return `${JSON.stringify(operator)} is no operator; expected In, NotIn, Exists or DoesNotExist`;
  }
  return undefined;
}
