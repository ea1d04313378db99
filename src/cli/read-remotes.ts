import { readFileSync } from "node:fs";
import type { Pin } from "../engine/pinned-remotes.ts";
import { UsageError } from "./usage-error.ts";

/** Reads what a report (`-o json`) lists as fetched. */
export function readRemotes(path: string): readonly Pin[] {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`--remotes ${path}: ${(error as Error).message}`);
  }
  if (typeof report !== "object" || report === null || !("verdict" in report))
    throw new UsageError(`--remotes ${path}: expected a report of check -o json`);
  const remotes: unknown = "remotes" in report ? report.remotes : [];
  if (!Array.isArray(remotes)) throw new UsageError(`--remotes ${path}: expected a list of remotes`);
  return remotes.map((one: unknown): Pin => {
    if (isPin(one)) return { reference: one.reference, version: one.version, digest: one.digest };
    throw new UsageError(`--remotes ${path}: expected reference, version and digest of each of its remotes`);
  });
}

function isPin(one: unknown): one is Pin {
  if (typeof one !== "object" || one === null) return false;
  const { reference, version, digest } = one as { readonly [field: string]: unknown };
  return typeof reference === "string" && typeof version === "string" && typeof digest === "string";
}
