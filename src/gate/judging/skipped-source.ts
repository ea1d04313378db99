import type { Role } from "../../render/files/role.ts";
import type { JudgedSource } from "../judged-source.ts";

/** The roles of files that are read. */
export type ReadRole = Role & { readonly kind: "plain" | "chart" | "used" };

/** A file that was skipped as a whole. */
export function skippedSource({
  reason,
  unrendered,
}: {
  readonly reason: string;
  readonly unrendered?: true;
}): JudgedSource {
  return { skippedAs: reason, ...(unrendered ? { unrendered } : {}), manifests: [], skipped: [], problems: [] };
}
