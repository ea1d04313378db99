import { fieldsOf, type Fields } from "../fields.ts";
import { secretType } from "../application-set/cluster-secrets.ts";

/** A label that a selector asks for: any of `values`, or any value at all where there are none. */
export interface RequiredLabel {
  readonly key: string;
  readonly values: readonly string[];
}

/** The labels that clusters must have for a cluster generator to select them. */
export function requiredLabels(generator: Fields): readonly RequiredLabel[] {
  const selector = generator.object("selector");
  if (selector === undefined) return [];
  const { value, pointer } = selector;
  const quiet = fieldsOf(value, pointer, () => undefined);
  const exact = Object.entries(quiet.record("matchLabels")).map(([key, one]) => ({ key, values: [one] }));
  const expressions = quiet.objects("matchExpressions").flatMap((expression) => {
    const [key, operator] = [expression.text("key"), expression.text("operator")];
    if (operator === "In") return [{ key, values: expression.texts("values") }];
    return operator === "Exists" ? [{ key, values: [] }] : [];
  });
  // Argo CD puts this label on the Secret of every cluster itself.
  return [...exact, ...expressions].filter(({ key }) => key !== secretType);
}

/** What a person must check of the labels that were chosen for a selector, by key. */
export function openLabels(required: readonly RequiredLabel[]): { readonly [key: string]: string } {
  const notes: { [key: string]: string } = {};
  for (const { key, values } of required) {
    const [chosen, ...others] = values;
    if (chosen === undefined) notes[key] = "selectors ask for the label and not for a value: check";
    else if (others.length > 0) notes[key] = `or ${others.join(", ")}, which selectors ask for too: check`;
  }
  return notes;
}
