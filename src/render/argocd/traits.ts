import { isObject } from "../../manifest/identity.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { SourceTraits } from "../../model/source.ts";
import type { Fields } from "./fields.ts";

/** Reads from sync policy, finalizers and annotations how Argo CD treats what the Application yields. */
export function traitsOf(manifest: Manifest, spec: Fields): SourceTraits {
  const policy = spec.object("syncPolicy");
  const automated = policy?.object("automated");
  const isAutomated = automated !== undefined && automated.value["enabled"] !== false;
  const syncOptions = policy?.texts("syncOptions") ?? [];
  const metadata = isObject(manifest.value["metadata"]) ? manifest.value["metadata"] : {};
  const finalizers = Array.isArray(metadata["finalizers"]) ? metadata["finalizers"] : [];
  const annotations = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  const prunes = isAutomated && automated.flag("prune") && !syncOptions.includes("Prune=false");
  return {
    automated: isAutomated,
    prune: prunes,
    ...(annotations["argocd.argoproj.io/skip-reconcile"] === "true" ? { suspended: true } : {}),
    cascades: finalizers.some(
      (one) => typeof one === "string" && one.startsWith("resources-finalizer.argocd.argoproj.io"),
    ),
    ...(syncOptions.length > 0 ? { syncOptions } : {}),
  };
}
