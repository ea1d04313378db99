import { nearName } from "../manifest/near-name.ts";
import type { FieldRead, PolicyWarning } from "../model/judge.ts";
import type { Schema, SchemaSource } from "./schema.ts";
import { isUnknown } from "./unknown-fields.ts";

/**
 * Kinds whose name tells the kind: no other API that is known has one of the same name, and what earlier versions had, the
 * versions here have too. Others count only where the rule names the API version.
 */
const UNMISTAKABLE: ReadonlySet<string> = new Set([
  "ConfigMap",
  "CronJob",
  "DaemonSet",
  "Deployment",
  "LimitRange",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Pod",
  "PodDisruptionBudget",
  "PriorityClass",
  "ReplicaSet",
  "ReplicationController",
  "ResourceQuota",
  "Secret",
  "ServiceAccount",
  "StatefulSet",
  "StorageClass",
]);

/** Makes the finder of what rules read and no manifest of the kinds that they name has, in any version of Kubernetes. */
export function unknownReadsIn(source: SchemaSource): (reads: readonly FieldRead[]) => readonly PolicyWarning[] {
  const known = new WeakMap<readonly FieldRead[], readonly PolicyWarning[]>();
  return (reads) => {
    const forms = new Map<string, readonly Form[]>();
    const formsFor: FormsFor = (kind, apiVersions) => {
      const key = JSON.stringify([kind, apiVersions]);
      const found = forms.get(key) ?? formsOf(source, kind, apiVersions);
      forms.set(key, found);
      return found;
    };
    const warnings = known.get(reads) ?? reads.flatMap((read) => warningOf(read, formsFor) ?? []);
    known.set(reads, warnings);
    return warnings;
  };
}

type FormsFor = (kind: string, apiVersions: readonly string[] | undefined) => readonly Form[];

function warningOf(read: FieldRead, formsFor: FormsFor): PolicyWarning | undefined {
  let forms: readonly Form[] = [];
  for (const kind of read.kinds) {
    const found = formsFor(kind, read.apiVersions);
    if (found.length === 0) return undefined;
    forms = [...forms, ...found];
  }
  const missing = firstMissing(forms, read.steps);
  if (missing === undefined || missing.at < (read.known ?? 0)) return undefined;
  const { path, line, rule, kinds } = read;
  return { path, line, message: `rule ${rule} reads ${missing.field}, which ${noneOf(kinds)} has${missing.instead}` };
}

/** A schema that a value may have, and how its references are followed. */
interface Form {
  readonly schema: Schema;
  readonly resolve: (schema: Schema) => Schema;
}

/** The schemas of a kind in all versions; none where there may be others. */
function formsOf(source: SchemaSource, kind: string, apiVersions: readonly string[] | undefined): readonly Form[] {
  const isKnown = (apiVersion: string): boolean =>
    source.versions.some((version) => source.served(version).some(([served]) => served === apiVersion));
  if (apiVersions === undefined ? !UNMISTAKABLE.has(kind) : !apiVersions.every(isKnown)) return [];
  const forms: Form[] = [];
  for (const version of source.versions) {
    const resolve = (schema: Schema): Schema =>
      schema.$ref === undefined ? schema : source.definition(version, schema.$ref);
    for (const [apiVersion, kinds] of source.served(version)) {
      if (!kinds.includes(kind) || apiVersions?.includes(apiVersion) === false) continue;
      const schema = source.schemaOf(version, apiVersion, kind);
      if (schema !== undefined) forms.push({ schema, resolve });
    }
  }
  return forms;
}

interface Missing {
  /** Its number among the steps. */
  readonly at: number;
  readonly field: string;
  readonly instead: string;
}

/** The shortest part of a path that none of the schemas has. */
function firstMissing(forms: readonly Form[], steps: FieldRead["steps"]): Missing | undefined {
  let open = forms.map(({ schema, resolve }): Form => ({ schema: resolve(schema), resolve }));
  for (const [at, step] of steps.entries()) {
    const next = open.map((form) => below(form, step));
    // What is below cannot be known where one schema leaves it open.
    if (next.includes("anything")) return undefined;
    const found = next.filter((one) => typeof one !== "string");
    if (found.length === 0) return describe(open, steps.slice(0, at + 1));
    open = found;
  }
  return undefined;
}

function below({ schema, resolve }: Form, step: string | number | null): Form | "nothing" | "anything" {
  const { type, items, properties = {}, additionalProperties } = schema;
  if (type === "array") {
    if (typeof step === "string") return "nothing";
    return items === undefined ? "anything" : { schema: resolve(items), resolve };
  }
  if (typeof step === "string" && Object.hasOwn(properties, step)) {
    const property = properties[step];
    return property === undefined ? "anything" : { schema: resolve(property), resolve };
  }
  if (typeof additionalProperties === "object" && Object.keys(properties).length === 0)
    return { schema: resolve(additionalProperties), resolve };
  const isClosed = typeof step === "string" && Object.keys(properties).length > 0 && isUnknown(step, schema);
  return isClosed ? "nothing" : "anything";
}

function describe(open: readonly Form[], steps: FieldRead["steps"]): Missing | undefined {
  const last = steps.at(-1);
  const field = pathText(steps);
  const at = steps.length - 1;
  if (open.every(({ schema }) => schema.type === "array"))
    return { at, field, instead: `: ${pathText(steps.slice(0, -1))} is a list` };
  const near = nearName(String(last), new Set(open.flatMap(({ schema }) => Object.keys(schema.properties ?? {}))));
  // At the top there may be what is there for programs only.
  if (near === undefined && steps.length === 1) return undefined;
  return { at, field, instead: near === undefined ? "" : `; did you mean ${near}?` };
}

function pathText(steps: FieldRead["steps"]): string {
  return steps.reduce<string>((text, step) => {
    if (step === null) return `${text}[_]`;
    return typeof step === "string" && /^[A-Za-z_]\w*$/.test(step)
      ? `${text}.${step}`
      : `${text}[${JSON.stringify(step)}]`;
  }, "input");
}

function noneOf(kinds: readonly string[]): string {
  const last = kinds.at(-1) ?? "";
  return kinds.length === 1 ? `no ${last}` : `none of ${kinds.slice(0, -1).join(", ")} and ${last}`;
}
