import { isObject } from "../../manifest/identity.ts";
import type { JsonObject } from "../../model/json.ts";

/** Why an object that an Application yields is not judged. */
export const skipReason = "Argo CD neither applies nor deletes it: argocd.argoproj.io/hook: Skip";

/**
 * Whether Argo CD leaves an object as it is in the cluster. `Skip` counts only alone: beside another hook the object is applied
 * in that hook's phase, and which words are hooks depends on Argo CD's version. It applies hooks that run when an Application
 * is deleted whatever its own annotation says, and takes annotations with a value that is not text for none at all.
 */
export function isSkipped({ metadata }: JsonObject): boolean {
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  if (!isObject(annotations) || !Object.values(annotations).every((value) => typeof value === "string")) return false;
  const hooks = wordsOf(annotations["argocd.argoproj.io/hook"]);
  const runsOnDeletion = wordsOf(annotations["helm.sh/hook"]).some((hook) => /^(?:pre|post)-delete$/.test(hook));
  return hooks.length > 0 && hooks.every((hook) => hook === "Skip") && !runsOnDeletion;
}

function wordsOf(text: unknown): readonly string[] {
  if (typeof text !== "string") return [];
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
