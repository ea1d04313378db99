import type { Fields } from "../fields.ts";
import type { Diagnostics } from "../diagnostics.ts";

/** Whether labels match a Kubernetes label selector. */
export type LabelSelector = (labels: { readonly [name: string]: string }) => boolean;

/**
 * Reads a label selector; an empty one matches everything. What Kubernetes would refuse is a problem and matches nothing.
 * `values: "labels"`: values must be such as labels can have; a selector of parameters takes any.
 */
export function readSelector(fields: Fields, diagnostics: Diagnostics, values: "labels" | "any"): LabelSelector {
  const record = fields.record("matchLabels");
  const labels = Object.entries(record).map(([key, value]): LabelSelector => {
    const wrong = wrongKey(key) ?? (values === "labels" ? wrongValue([value]) : undefined);
    if (wrong !== undefined) {
      diagnostics.problem(`${fields.pointer}/matchLabels`, wrong);
      return () => false;
    }
    return (found) => Object.hasOwn(found, key) && found[key] === value;
  });
  const expressions = fields.objects("matchExpressions").map((one): LabelSelector => {
    const [key, operator, listed] = [one.text("key"), one.text("operator"), one.texts("values")];
    const wrong =
      wrongKey(key) ?? wrongOperator(operator, listed) ?? (values === "labels" ? wrongValue(listed) : undefined);
    if (wrong !== undefined) {
      diagnostics.problem(one.pointer, wrong);
      return () => false;
    }
    return (found) => {
      const has = Object.hasOwn(found, key);
      if (operator === "Exists") return has;
      if (operator === "DoesNotExist") return !has;
      const isListed = has && listed.includes(found[key] ?? "");
      return operator === "In" ? isListed : !isListed;
    };
  });
  return (found) => [...labels, ...expressions].every((matches) => matches(found));
}

const name = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function wrongKey(key: string): string | undefined {
  const [first = "", second, ...others] = key.split("/");
  const own = second ?? first;
  const isKey =
    others.length === 0 && own.length <= 63 && name.test(own) && (second === undefined || prefix.test(first));
  return isKey ? undefined : `${JSON.stringify(key)} is not a valid label key`;
}

function wrongValue(values: readonly string[]): string | undefined {
  const wrong = values.find((value) => value !== "" && (value.length > 63 || !name.test(value)));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is not a valid label value`;
}

function wrongOperator(operator: string, values: readonly string[]): string | undefined {
  switch (operator) {
    case "In":
    case "NotIn":
      return values.length > 0 ? undefined : `operator ${operator} needs values`;
    case "Exists":
    case "DoesNotExist":
      return values.length === 0 ? undefined : `operator ${operator} takes no values`;
    default:
      return `operator ${JSON.stringify(operator)} is not one of In, NotIn, Exists, DoesNotExist`;
  }
}
