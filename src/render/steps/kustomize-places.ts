import type { KustomizeOrigin } from "../../model/renderer.ts";
import { ownTexts } from "../own-text.ts";
import { kustomizePlaces } from "../positions/kustomize.ts";
import type { KustomizeStep } from "../plan.ts";
import type { SourcePlace } from "../unit.ts";
import { placeInOwnText } from "./own-place.ts";
import type { StepPlaces, StepRendering } from "./step.ts";

type Written = { readonly path: string; readonly line: number } | undefined;

/** For each override file, the line of the tree that each of its lines comes from; index 0 is line 1. */
export type WrittenLines = ReadonlyMap<string, readonly Written[]>;

/** Resolves all lines of the overrides at once, so that later lookups are synchronous. */
export async function writtenLines({ overrides, writtenAt }: KustomizeStep): Promise<WrittenLines> {
  const lines = new Map<string, readonly Written[]>();
  for (const [path, bytes] of overrides ?? []) {
    const count = new TextDecoder().decode(bytes).split("\n").length;
    const asked = Array.from({ length: count }, async (_, at) => writtenAt?.(path, at + 1));
    lines.set(path, await Promise.all(asked));
  }
  return lines;
}

/** Finds where values of a build's manifests come from. */
export function kustomizePlacesOf(
  rendering: StepRendering & { readonly kind: "rendered" },
  {
    root,
    files,
    nameOf,
    written,
  }: {
    readonly root: string;
    readonly files: ReadonlyMap<string, Uint8Array>;
    readonly nameOf: (path: string) => string;
    readonly written: WrittenLines;
  },
): StepPlaces {
  const { objects } = rendering;
  const own = ownTexts(files, nameOf);
  const pathOf = new Map([...files.keys()].map((path) => [nameOf(path), path]));
  const origins = rendering.trace as readonly (KustomizeOrigin | null)[];
  const places = kustomizePlaces({ root, files, objects, origins });
  return {
    place(at, pointer) {
      const found = places.place(at, pointer);
      if (found !== undefined) return toTree(found, nameOf, written);
      const object = objects[at];
      const path = pathOf.get(object?.position?.path ?? "");
      return object === undefined || path === undefined ? undefined : placeInOwnText(object, pointer, own, path);
    },
  };
}

/** Maps a place in an override, which no file has, to the place in the tree that requested it. */
function toTree(found: SourcePlace, nameOf: (path: string) => string, written: WrittenLines): SourcePlace | undefined {
  const lines = written.get(found.path);
  if (lines === undefined) return { ...found, path: nameOf(found.path) };
  const line = lines[found.place.line - 1];
  if (line === undefined) return undefined;
  return { ...found, path: line.path, place: { line: line.line, column: 1, endLine: line.line } };
}
