import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { HelmSet } from "../../model/renderer.ts";
import type { GitOpsObject, PlanContext } from "../gitops.ts";
import { readFile } from "../files/read-file.ts";
import type { ValuesLayer } from "../plan.ts";
import { flagAt, objectAt, objectsAt, textAt } from "./fields.ts";
import { namespaceOf, readData } from "./find-object.ts";
import { settingsThatWin, type ValuesReference } from "./target-paths.ts";
import { below } from "../../manifest/pointer.ts";

export interface ReleaseValues {
  readonly layers: readonly ValuesLayer[];
  readonly set: readonly HelmSet[];
  /** References that cannot be told from the tree. */
  readonly unknown: readonly string[];
  /** What helm-controller refuses. */
  readonly refused: readonly string[];
  readonly reads: readonly string[];
}

/** Reads the values of a HelmRelease: `valuesFrom` in order, overridden by `values`, except where a `targetPath` wins. */
export function releaseValues(object: GitOpsObject, context: PlanContext): ReleaseValues {
  const { manifest } = object;
  const layers: ValuesLayer[] = [];
  const references: ValuesReference<HelmSet>[] = [];
  const unknown: string[] = [];
  const refused: string[] = [];
  const reads: string[] = [];
  for (const { item } of objectsAt(manifest.value, "spec", "valuesFrom")) {
    const [kind, name] = [textAt(item, "kind"), textAt(item, "name")];
    if (name === undefined || (kind !== "ConfigMap" && kind !== "Secret")) {
      refused.push("an item of spec.valuesFrom needs a name and the kind ConfigMap or Secret");
      continue;
    }
    const key = textAt(item, "valuesKey") ?? "values.yaml";
    const optional = flagAt(item, "optional");
    const shown = `${optional ? "the optional " : ""}${kind} ${namespaceOf(manifest)}/${name}`;
    const reading = readData(object, { kind, name }, context);
    if (reading.kind !== "data") {
      unknown.push(`${optional ? "the optional " : ""}${reading.reason}`);
      continue;
    }
    const { path, line } = reading.manifest.position;
    reads.push(path);
    const text = Object.hasOwn(reading.data, key) ? reading.data[key] : undefined;
    if (text === undefined) {
      if (!optional) refused.push(`${shown} has no key ${key}, which spec.valuesFrom names`);
      continue;
    }
    const target = textAt(item, "targetPath");
    if (target !== undefined) {
      const setting = settingOf(target, text, flagAt(item, "literal"));
      references.push({ kind: "path", path: target, setting });
      continue;
    }
    const value = valuesIn(path, text);
    if (value === undefined) refused.push(`${shown}: ${key} does not contain YAML values`);
    else {
      const pointer = below(`${reading.manifest.position.pointer}/data`, key);
      layers.push({ kind: "inline", value, path, line, pointer });
      references.push({ kind: "values", value });
    }
  }
  const own = objectAt(manifest.value, "spec", "values");
  if (own !== undefined) {
    const { path, line, pointer } = manifest.position;
    layers.push({ kind: "inline", value: own, path, line, pointer: `${pointer}/spec/values` });
  }
  const { set, blocked } = settingsThatWin(references, own ?? {});
  for (const path of blocked)
    refused.push(`the targetPath ${path} of spec.valuesFrom leads through a value that is no map or list`);
  return { layers, set, unknown, refused, reads };
}

/** The `--set` option that helm-controller makes of a `targetPath`: a quoted value is a string, a `literal` one is taken verbatim. */
function settingOf(name: string, text: string, literal: boolean): HelmSet {
  if (literal) return { as: "string", name, value: text.replaceAll(/[\\,[\]{}]/g, "\\$&") };
  // A quote by itself is both the first and the last.
  const quoted = /^(?:'(?:[^]*')?|"(?:[^]*")?)$/.test(text);
  return quoted
    ? { as: "string", name, value: text.replace(/^['"]+|['"]+$/g, "") }
    : { as: "value", name, value: text };
}

/** The first document, the only one that Helm reads; undefined where it is not an object. */
function valuesIn(path: string, text: string): JsonObject | undefined {
  const { manifests, notManifests, problems } = readFile(path, new TextEncoder().encode(text));
  if (problems.length > 0) return undefined;
  const whole = [
    ...manifests
      .filter(({ position }) => position.document === 0 && position.pointer === "")
      .map(({ value }) => value as Json),
    ...notManifests.filter(({ document }) => document === 0).map(({ value }) => value),
  ];
  const [first = {}] = whole;
  if (first === null) return {};
  return isObject(first) ? first : undefined;
}
