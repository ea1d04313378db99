import type { Role } from "../../render/files/role.ts";
import type { ScopedReading } from "../../render/files/read-scoped.ts";
import type { JudgedSource } from "../judged-source.ts";
import type { Reading, ReadOrigin } from "../reading.ts";

/** The roles of files that are read. */
export type ReadRole = Role & { readonly kind: "plain" | "chart" | "used" };

/** The result of an origin without manifests and problems. */
export const nothing: JudgedSource = { manifests: [], skipped: [], problems: [] };

/** A file that was skipped as a whole. */
export function skipped<Of>(
  of: Of,
  { reason, unrendered }: { readonly reason: string; readonly unrendered?: true },
): ReadOrigin<Of> {
  const judged = { ...nothing, skippedAs: reason, ...(unrendered ? { unrendered } : {}) };
  return { kind: "done", of, state: unrendered ? "unknown" : "rendered", judged };
}

/** A file that was read by its role. */
export function readByRole<Of>(
  of: Of,
  scoped: ScopedReading,
  land: (reading: (ScopedReading & { readonly kind: "read" })["reading"]) => Reading,
): ReadOrigin<Of> {
  if (scoped.kind === "skipped") return skipped(of, scoped);
  const reading = land(scoped.reading);
  return { kind: "read", of, state: reading.problems.length > 0 ? "failed" : "rendered", reading };
}
