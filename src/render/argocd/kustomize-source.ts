import { isObject } from "../../manifest/identity.ts";
import type { Json } from "../../model/json.ts";
import { editText, type FieldEdit } from "../edited-text.ts";
import { readFile } from "../files/read-file.ts";
import type { KustomizeStep } from "../plan.ts";
import { kustomizationNames } from "../files/scope.ts";
import { kustomizeEdits } from "./kustomize-options.ts";
import type { SourceRequest } from "./source-request.ts";

/** Plans a Kustomize root with the edits that Argo CD makes by `kustomize edit`; undefined where a problem was reported to `diagnostics`. */
export async function planKustomize(request: SourceRequest): Promise<KustomizeStep | undefined> {
  const { source, directory = "", diagnostics, context } = request;
  const step: KustomizeStep = { kind: "kustomize", path: directory };
  const options = source.object("kustomize");
  const edits = options === undefined ? [] : kustomizeEdits(options, request);
  if (edits.length === 0) return step;
  const path = kustomizationNames.map((name) => join(directory, name)).find((name) => context.tree.has(name));
  const bytes = path === undefined ? undefined : await context.tree.read(path);
  if (path === undefined || bytes === undefined) {
    diagnostics.problem(
      `${source.pointer}/kustomize`,
      `${directory || "."} has no kustomization file to apply the options to`,
    );
    return undefined;
  }
  const { manifests, notManifests, problems } = readFile(path, bytes);
  const values: readonly Json[] = [...manifests, ...notManifests].map(({ value }) => value);
  let kustomization = values[0] ?? {};
  // Kustomize itself refuses a file that cannot be read or is missing.
  if (problems.length > 0 || values.length > 1 || !isObject(kustomization)) return step;
  const before = kustomization;
  for (const { option, edit } of edits) {
    const edited = edit(kustomization);
    if (edited.kind === "refused") {
      diagnostics.problem(`${source.pointer}/kustomize/${option}`, edited.message);
      return undefined;
    }
    kustomization = edited.kustomization;
  }
  const after = kustomization;
  const changes = edits.map(({ field, asked }): FieldEdit => ({
    field,
    value: after[field] ?? null,
    at: (item, key) => {
      const pointer = asked(item, key, before[field]);
      if (pointer === undefined) return undefined;
      const { path: at, line } = request.place(`${source.pointer}/kustomize/${pointer}`);
      return { path: at, line };
    },
  }));
  const { imageTags: _, ...base } = before;
  const written = editText(path, new TextDecoder().decode(bytes), base, changes);
  return {
    ...step,
    overrides: new Map([[path, new TextEncoder().encode(written.text)]]),
    ...(options === undefined ? {} : { edits: options.value }),
    writtenAt: async (asked, line) => (asked === path ? written.writtenAt(line) : undefined),
  };
}

function join(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}
