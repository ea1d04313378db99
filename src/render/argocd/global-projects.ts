import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { GitOpsObject, PlanContext } from "../gitops.ts";
import { readSelector } from "./application-set/label-selector.ts";
import { collectDiagnostics } from "./diagnostics.ts";
import { fieldsOf } from "./fields.ts";
import { readYaml } from "./read-values.ts";

/** The lists of a project that Argo CD extends by those of its global projects. */
const extended = [
  "clusterResourceWhitelist",
  "clusterResourceBlacklist",
  "namespaceResourceWhitelist",
  "namespaceResourceBlacklist",
  "syncWindows",
  "sourceRepos",
  "destinations",
];

/**
 * The AppProject as Argo CD applies it: with the lists of the global projects that `globalProjects` of the ConfigMap
 * argocd-cm assigns to its labels. Where that ConfigMap, the setting or the global project is not known, or is not one,
 * nothing is added.
 */
export function withGlobalProjects(project: Manifest, near: GitOpsObject, context: PlanContext): Manifest {
  const { namespace } = project.identity;
  const inNamespace = namespace === undefined ? {} : { namespace };
  const settings = context.find(near, { group: "", kind: "ConfigMap", name: "argocd-cm", ...inNamespace });
  const data = settings.length === 1 ? settings[0]?.value["data"] : undefined;
  const text = isObject(data) ? data["globalProjects"] : undefined;
  if (typeof text !== "string") return project;
  const reading = readYaml("globalProjects", text);
  if (reading.kind !== "value" || !Array.isArray(reading.value)) return project;
  const spec = isObject(project.value["spec"]) ? project.value["spec"] : {};
  const merged = reading.value.flatMap((item): readonly JsonObject[] => {
    if (!isObject(item) || !isAssigned(item, project)) return [];
    const { projectName: name } = item;
    if (typeof name !== "string" || name === project.identity.name) return [];
    const found = context.find(near, { group: "argoproj.io", kind: "AppProject", name, ...inNamespace });
    const added = found.length === 1 ? found[0]?.value["spec"] : undefined;
    return isObject(added) ? [added] : [];
  });
  if (merged.length === 0) return project;
  return { ...project, value: { ...project.value, spec: merged.reduce(extend, spec) } };
}

/** Whether a setting is for the labels of the project. A selector that Kubernetes refuses is for none. */
function isAssigned({ labelSelector }: JsonObject, { value, position: { path, line } }: Manifest): boolean {
  const diagnostics = collectDiagnostics("globalProjects", {
    path,
    line: () => line,
    problem: (_, message) => ({ stage: "render", path, line, message }),
  });
  const matches = readSelector(
    fieldsOf(isObject(labelSelector) ? labelSelector : {}, "", diagnostics.wrongType),
    diagnostics,
    "labels",
  );
  const metadata = fieldsOf(isObject(value["metadata"]) ? value["metadata"] : {}, "", () => {});
  return matches(metadata.record("labels")) && diagnostics.problems.length === 0;
}

function extend(spec: JsonObject, added: JsonObject): JsonObject {
  const lists = extended.flatMap((key): readonly (readonly [string, Json])[] => {
    const [own, more] = [spec[key], added[key]];
    if (!Array.isArray(more) || more.length === 0) return [];
    return [[key, [...(Array.isArray(own) ? own : []), ...more]]];
  });
  return { ...spec, ...Object.fromEntries(lists) };
}
