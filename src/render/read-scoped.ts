import type { Role } from "./role.ts";
import { readFile, type FileReading } from "./read-file.ts";

/** A file in scope as the gate sees it: skipped as a whole, or read. */
export type ScopedReading =
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "read"; readonly reading: FileReading };

/** Reads a file according to its role. */
export function readScoped(path: string, role: Role & { kind: "plain" | "chart" }, bytes: Uint8Array): ScopedReading {
  if (role.kind === "chart") {
    const templated = contains(bytes, "{{");
    // What holds no action Helm passes on as it stands, so that is what is judged.
    if (role.template && templated)
      return { kind: "skipped", reason: `Helm chart templates are not rendered yet: ${role.chart}` };
    const reading = readFile(path, bytes);
    if (reading.problems.length > 0 && templated) {
      return { kind: "skipped", reason: `part of a Helm chart, which is not rendered yet: ${role.chart}` };
    }
    if (reading.problems.length === 0 && reading.manifests.length === 0) {
      return { kind: "skipped", reason: `part of a Helm chart, which is not rendered yet: ${role.chart}` };
    }
    return { kind: "read", reading };
  }
  const reading = readFile(path, bytes);
  if (reading.problems.length > 0 || reading.manifests.length > 0) return { kind: "read", reading };
  const reason =
    reading.encrypted?.reason ??
    reading.notManifests[0]?.reason ??
    (bytes.length === 0 ? "the file is empty" : "nothing but comments");
  return { kind: "skipped", reason: `no Kubernetes object: ${reason}` };
}

/** Looks for ASCII text in bytes. */
function contains(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let length = 1;
    while (length < text.length && bytes[at + length] === text.charCodeAt(length)) length += 1;
    if (length === text.length) return true;
  }
  return false;
}
