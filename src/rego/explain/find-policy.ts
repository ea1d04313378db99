import { nearName } from "../../manifest/near-name.ts";

/** The id that a person means: the id itself, or the message that there is none of this name, with one that is near. */
export function findPolicyId(
  given: string,
  known: readonly string[],
): { readonly kind: "found"; readonly id: string } | { readonly kind: "unknown"; readonly message: string } {
  if (known.includes(given)) return { kind: "found", id: given };
  const sameEnd = known.filter((id) => id.endsWith(`/${given}`) || id.split("/").at(-1) === given.split("/").at(-1));
  const near = nearName(given, new Set(known));
  const meant = [...new Set([...(near === undefined ? [] : [near]), ...sameEnd])];
  const hint = meant.length > 0 ? `did you mean ${meant.join(" or ")}?` : "portcullis explain lists those in force";
  return { kind: "unknown", message: `there is no policy ${given}: ${hint}` };
}
