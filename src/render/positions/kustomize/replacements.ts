import { member } from "../../../manifest/member.ts";
import { isScalar, pointerOf } from "../../../manifest/pointer.ts";
import type { Json } from "../../../model/json.ts";
import { itemsOf, pathFrom } from "./layers.ts";
import { selects } from "./selects.ts";
import type { Step } from "./steps.ts";
import { placeOf, type FindCause, type Subject } from "./subject.ts";
import type { SourceTexts, TextDocument } from "./texts.ts";
import type { SourcePlace } from "../../unit.ts";

/** `replacements`: the field path that leads to the value, in the kustomization or in a file of its own. */
export function replacementsCause(texts: SourceTexts): FindCause {
  return (layer, subject) => {
    const entries = itemsOf(layer.value["replacements"]);
    for (let at = entries.length - 1; at >= 0; at--) {
      const entry = entries[at] ?? null;
      const path = member(entry, "path");
      const file = typeof path === "string" ? pathFrom(layer.directory, path) : undefined;
      const found =
        file === undefined
          ? inEntry(entry, subject, { path: layer.path, document: layer.document, at: ["replacements", at] })
          : inFile(file, texts, subject);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function inFile(path: string, texts: SourceTexts, subject: Subject): SourcePlace | undefined {
  for (const document of texts.documents(path)) {
    const entries = Array.isArray(document.value) ? document.value.entries() : [[undefined, document.value] as const];
    for (const [index, entry] of entries) {
      const found = inEntry(entry as Json, subject, { path, document, at: index === undefined ? [] : [index] });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function inEntry(
  entry: Json,
  subject: Subject,
  where: { readonly path: string; readonly document: TextDocument; readonly at: readonly (string | number)[] },
): SourcePlace | undefined {
  for (const [target, { select, reject, fieldPaths }] of itemsOf(member(entry, "targets")).map(targetOf).entries()) {
    if (!selects(select, subject) || reject.some((one) => selects(one, subject))) continue;
    for (const [field, written] of fieldPaths.entries()) {
      if (!leadsTo(written, subject.steps)) continue;
      return placeOf(where.path, where.document, pointerOf([...where.at, "targets", target, "fieldPaths", field]));
    }
  }
  return undefined;
}

function targetOf(target: Json): {
  readonly select: Json | undefined;
  readonly reject: readonly Json[];
  readonly fieldPaths: readonly string[];
} {
  const fieldPaths = itemsOf(member(target, "fieldPaths")).filter((one): one is string => typeof one === "string");
  return { select: member(target, "select"), reject: itemsOf(member(target, "reject")), fieldPaths };
}

/** Kustomize's field paths: keys joined by dots (`\.` keeps one), `[name=web]` and `*` for items. */
function leadsTo(written: string, steps: readonly Step[]): boolean {
  const keys = [...written.matchAll(/\[([^\]]*)\]|((?:\\.|[^.\\[])+)/g)].map(
    ([, bracketed, plain]) => bracketed ?? (plain ?? "").replaceAll("\\.", "."),
  );
  if (keys.length !== steps.length) return false;
  return keys.every((key, at) => {
    const step = steps[at];
    if (step === undefined || typeof step === "string") return step === key;
    const [, field, value] = /^([^=]*)=(.*)$/.exec(key) ?? [];
    if (field !== undefined) {
      const named = field === "" ? step.item : member(step.item, field);
      return isScalar(named) && String(named) === value;
    }
    return key === "*" || Number(key) === step.index || (key === "-" && step.index === step.list.length - 1);
  });
}
