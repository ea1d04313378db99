import { identityOf } from "../../manifest/identity.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { GeneratedObject, GitOpsObject, Planned } from "../gitops.ts";
import { objectAt, textAt } from "./fields.ts";
import { namespaceOf } from "./find-object.ts";
import { nothingPlanned } from "./nothing-planned.ts";

/** Plans a FluxInstance of the Flux operator: with `spec.sync` it generates a source and the Kustomization that applies it. */
export function planFluxInstance({ manifest }: GitOpsObject): Planned {
  const sync = objectAt(manifest.value, "spec", "sync");
  const [kind, url] = [textAt(sync, "kind"), textAt(sync, "url")];
  if (sync === undefined || kind === undefined || url === undefined) return nothingPlanned;
  const metadata = { name: textAt(sync, "name") ?? namespaceOf(manifest), namespace: namespaceOf(manifest) };
  const reference = textAt(sync, "ref");
  const ref =
    reference === undefined ? {} : { ref: kind === "GitRepository" ? { name: reference } : { tag: reference } };
  const generated = [
    { apiVersion: "source.toolkit.fluxcd.io/v1", kind, metadata, spec: { url, ...ref } },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata,
      spec: { sourceRef: { kind, name: metadata.name }, path: textAt(sync, "path") ?? "./", prune: true },
    },
  ];
  return { ...nothingPlanned, children: generated.map((value) => generatedBy(manifest, value)) };
}

function generatedBy(
  { position }: Manifest,
  value: JsonObject & { readonly apiVersion: string; readonly kind: string },
): GeneratedObject {
  return { manifest: { identity: identityOf(value), apiVersion: value.apiVersion, value, position } };
}
