import type { PolicyWarning } from "../model/judge.ts";
import type { PolicyObject } from "../model/policy.ts";
import { lineInText, lineOf } from "./object-lines.ts";
import type { Constraint } from "./read-constraint.ts";
import { placesOfWord, type Template, type Word } from "./read-template.ts";
import { textAt } from "./values.ts";

/** Whether a template asks a provider of external data, which only a cluster has: it is not judged. */
export function asksProvider({ reads }: Template): boolean {
  return reads.has("external_data");
}

/** What Gatekeeper does or knows in a cluster and Git does not tell, once for each policy. */
export function gapsOf(
  objects: readonly PolicyObject[],
  templates: readonly Template[],
  constraints: readonly Constraint[],
): readonly PolicyWarning[] {
  return [
    ...objects.flatMap((object): readonly PolicyWarning[] => {
      const group = textAt(object.value, "apiVersion")?.split("/")[0];
      const name = `${textAt(object.value, "kind") ?? ""} ${textAt(object.value, "metadata", "name") ?? ""}`;
      if (group === "mutations.gatekeeper.sh")
        return [
          gap(
            object,
            "/kind",
            `${name} changes objects in the cluster; they are judged as they are without it`,
            "warn",
          ),
        ];
      return [];
    }),
    ...templates.flatMap(({ object, kind, native }): readonly PolicyWarning[] =>
      (native?.ignored ?? []).map(({ pointer, message }) => gap(object, pointer, `${kind}: ${message}`, "warn")),
    ),
    ...templates.flatMap((template): readonly PolicyWarning[] => {
      if (asksProvider(template))
        return [
          wordIn(
            template,
            "external_data",
            "is not judged: it asks a provider of external data, which only a cluster has",
            "warn",
          ),
        ];
      if (template.reads.has("userInfo"))
        return [
          wordIn(
            template,
            "userInfo",
            "reads who asks (userInfo), which Git does not know: it is judged as if nobody were named",
            "info",
          ),
        ];
      return [];
    }),
    ...constraints
      .filter(({ level }) => level === undefined)
      .map(({ object, policy }) =>
        gap(
          object,
          "/spec/scopedEnforcementActions",
          `${policy.id} is not enforced here: none of its actions names gator.gatekeeper.sh or *`,
          "info",
        ),
      ),
  ];
}

function gap(object: PolicyObject, pointer: string, message: string, level: "warn" | "info"): PolicyWarning {
  return { path: object.path, line: lineOf(object, pointer), message, gap: level };
}

function wordIn(template: Template, word: Word, message: string, level: "warn" | "info"): PolicyWarning {
  const { object, kind } = template;
  const [first] = placesOfWord(template, word);
  const line = first === undefined ? object.line : lineInText(object, first.pointer, first.line);
  return { path: object.path, line, message: `${kind} ${message}`, gap: level };
}
