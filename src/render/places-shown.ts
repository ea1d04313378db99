import type { Manifest } from "../model/manifest.ts";

/** Where objects are written, for a message: `a.yaml:1 and b.yaml:7`. */
export function placesShown(manifests: readonly Manifest[]): string {
  const places = manifests.map(({ position: { path, line } }) => `${path}:${line}`);
  return `${places.slice(0, -1).join(", ")} and ${places.at(-1) ?? ""}`;
}
