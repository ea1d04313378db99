import type { Manifest } from "./manifest.ts";

/** The change of one manifest between the trees before and after. */
export type Change =
  | { readonly kind: "created"; readonly after: Manifest }
  | { readonly kind: "updated"; readonly before: Manifest; readonly after: Manifest }
  | {
      readonly kind: "moved";
      readonly before: Manifest;
      readonly after: Manifest;
      readonly equal: boolean;
      /** Nothing tells that it was applied before where it is now: what it breaks counts as introduced. */
      readonly exposed?: true;
    }
  | { readonly kind: "unchanged"; readonly before: Manifest; readonly after: Manifest }
  | { readonly kind: "deleted"; readonly before: Manifest };
