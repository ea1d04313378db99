import type { Fields } from "../fields.ts";
import type { Trouble } from "../trouble.ts";

/** Whether labels match a Kubernetes label selector. */
export type LabelSelector = (labels: { readonly [name: string]: string }) => boolean;

/** Reads a label selector; an empty one matches everything, an operator that Kubernetes does not know is a problem and matches nothing. */
export function readSelector(fields: Fields, trouble: Trouble): LabelSelector {
  const labels = Object.entries(fields.record("matchLabels"));
  const expressions = fields.objects("matchExpressions").map((one): LabelSelector => {
    const key = one.text("key");
    const values = one.texts("values");
    const operator = one.text("operator");
    switch (operator) {
      case "In":
        return (found) => Object.hasOwn(found, key) && values.includes(found[key] ?? "");
      case "NotIn":
        return (found) => !Object.hasOwn(found, key) || !values.includes(found[key] ?? "");
      case "Exists":
        return (found) => Object.hasOwn(found, key);
      case "DoesNotExist":
        return (found) => !Object.hasOwn(found, key);
      default:
        trouble.problem(
          `${one.pointer}/operator`,
          `operator ${JSON.stringify(operator)} is not one of In, NotIn, Exists, DoesNotExist`,
        );
        return () => false;
    }
  });
  return (found) =>
    labels.every(([name, value]) => Object.hasOwn(found, name) && found[name] === value) &&
    expressions.every((matches) => matches(found));
}
