import type { Disguise } from "./change.ts";
import { contents } from "./disguises/contents.ts";
import { gitops } from "./disguises/gitops.ts";
import { places } from "./disguises/places.ts";
import { roles } from "./disguises/roles.ts";
import { wrappers } from "./disguises/wrappers.ts";

/** Every disguise by name. */
export const disguises: { readonly [name: string]: Disguise } = {
  ...wrappers,
  ...roles,
  ...gitops,
  ...contents,
  ...places,
};
