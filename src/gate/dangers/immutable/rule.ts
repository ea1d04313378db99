import type { JsonObject } from "../../../model/json.ts";
import { differences, isNothing, valueAt, type Path } from "../differences.ts";

/** A changed field that Kubernetes does not allow to change. */
export interface Fixed {
  /** The field, as people name it: `spec.selector`. */
  readonly field: string;
  /** The places that changed, from the root of the manifest. */
  readonly changed: readonly Path[];
  /** What Kubernetes allows instead, where there is something. */
  readonly unless?: string;
}

/** Both sides of an update, and the minor version of Kubernetes (34 for 1.34; undefined: the newest). */
export interface Update {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly minor: number | undefined;
}

/** Finds the changes of an update that one kind does not allow. */
export type ImmutableRule = (update: Update) => readonly Fixed[];

/** Reports a field that differs, was added or was removed; places below `except` may change. */
export function fixed(
  { before, after }: Update,
  path: Path,
  options: { readonly except?: (place: Path) => boolean; readonly unless?: string } = {},
): readonly Fixed[] {
  const { except, unless } = options;
  const places = differences(valueAt(before, path), valueAt(after, path), String(path.at(-1) ?? "")).filter(
    (place) => except?.(place) !== true,
  );
  if (places.length === 0) return [];
  const changed = places.map((place) => [...path, ...place]);
  return [{ field: path.join("."), changed, ...(unless === undefined ? {} : { unless }) }];
}

/** As `fixed`, but only where both sides have the field: the cluster fills in a missing one. */
export function fixedOnceSet(update: Update, path: Path, options: { readonly unless?: string } = {}): readonly Fixed[] {
  if (isNothing(valueAt(update.before, path)) || isNothing(valueAt(update.after, path))) return [];
  return fixed(update, path, options);
}
