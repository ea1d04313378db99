import type { RemoteOutcome, RemoteReference, Remotes } from "../../src/model/remotes.ts";
import { sha256 } from "../../src/manifest/sha256.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

type Files = { readonly [path: string]: string };

/** What servers have, in memory: files, or what the server says instead, by the text of `key`. */
export function remotesOf(held: {
  readonly [key: string]: Files | Exclude<RemoteOutcome, { readonly kind: "found" }>;
}): Remotes & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async fetch(reference) {
      const key = keyOf(reference);
      asked.push(key);
      const found = held[key];
      if (found === undefined) return { kind: "absent", message: `the server has no ${key}` };
      if (isOutcome(found)) return found;
      const version = reference.kind === "chart" ? reference.version : "1";
      return {
        kind: "found",
        content: { version, digest: `sha256:${sha256(JSON.stringify(found))}`, tree: memoryTree(found, key) },
      };
    },
  };
}

function isOutcome(found: Files | RemoteOutcome): found is Exclude<RemoteOutcome, { readonly kind: "found" }> {
  return "kind" in found && typeof found["kind"] === "string" && "message" in found;
}

function keyOf(reference: RemoteReference): string {
  switch (reference.kind) {
    case "chart":
      return `${reference.repository}/${reference.name} ${reference.version}`.trim();
    case "artifact":
      return `${reference.url} ${reference.tag ?? reference.semver ?? reference.digest ?? ""}`.trim();
    case "git":
      return `${reference.url} ${reference.revision.kind === "head" ? "" : reference.revision.value}`.trim();
    case "file":
      return reference.url;
  }
}
