import { ownTexts } from "../own-text.ts";
import { placeInOwnText } from "./own-place.ts";
import type { StepPlaces, StepRendering } from "./step.ts";

/** Where values of a build come from. */
export function kustomizePlacesOf(
  rendering: StepRendering & { readonly kind: "rendered" },
  {
    files,
    nameOf,
  }: {
    readonly root: string;
    readonly files: ReadonlyMap<string, Uint8Array>;
    readonly nameOf: (path: string) => string;
  },
): StepPlaces {
  const own = ownTexts(files, nameOf);
  const pathOf = new Map([...files.keys()].map((path) => [nameOf(path), path]));
  return {
    place(at, pointer) {
      const object = rendering.objects[at];
      const path = pathOf.get(object?.position?.path ?? "");
      return object === undefined || path === undefined ? undefined : placeInOwnText(object, pointer, own, path);
    },
  };
}
