import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject, Pointer } from "../model/json.ts";
import type { ConfigError } from "./config-error.ts";
import { CLUSTER } from "./named-policies.ts";
import { readPolicyReference } from "./policy-reference.ts";
import { isProfile } from "./profiles.ts";

/** A configuration whose paths of policies and data are those of the tree that it is read in. */
export interface SharedPaths {
  readonly value: JsonObject;
  readonly errors: readonly ConfigError[];
}

/**
 * Resolves the paths of policies and data in a shared configuration. `root` is where its files are mounted (empty: they are
 * the repository's own), and `directory` is where it is among them. All other paths are about the repository that is judged.
 */
export function resolveSharedPaths(value: JsonObject, root: string, directory: string): SharedPaths {
  if (root === "" && directory === "") return { value, errors: [] };
  const errors: ConfigError[] = [];
  const resolved = (written: Json, pointer: Pointer): Json => {
    if (typeof written !== "string" || isName(written)) return written;
    const path = pathWithin(directory, written);
    if (path !== undefined) return joined(root, path);
    errors.push({ pointer, message: `${written}: expected a path beside the shared configuration` });
    return written;
  };
  const all = (list: Json | undefined, pointer: Pointer): Json | undefined =>
    Array.isArray(list) ? list.map((one: Json, index) => resolved(one, `${pointer}/${index}`)) : undefined;
  const paths = (of: JsonObject, keys: readonly string[], pointer: Pointer): JsonObject =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const list = all(of[key], `${pointer}/${key}`);
        return list === undefined ? [] : [[key, list] as const];
      }),
    );
  const { documents, signatures } = value;
  const own: { [key: string]: Json } = { ...value, ...paths(value, ["policies", "combine", "data"], "") };
  if (Array.isArray(documents))
    own["documents"] = documents.map((entry: JsonObject, index) => ({
      ...entry,
      ...paths(entry, ["policies", "data"], `/documents/${index}`),
    }));
  // A pattern may mean an archive beside the configuration, which has another path now.
  if (Array.isArray(signatures)) {
    const rooted = signatures.map((entry: JsonObject, index): JsonObject => {
      const { cosign } = entry;
      if (!isObject(cosign) || cosign["trustedRoot"] === undefined) return entry;
      const trustedRoot = resolved(cosign["trustedRoot"], `/signatures/${index}/cosign/trustedRoot`);
      return { ...entry, cosign: { ...cosign, trustedRoot } };
    });
    own["signatures"] = [
      ...rooted,
      ...rooted.flatMap((entry) => {
        const { policies } = entry;
        const path = typeof policies === "string" ? pathWithin(directory, policies) : undefined;
        return path === undefined ? [] : [{ ...entry, policies: joined(root, path) }];
      }),
    ];
  }
  return { value: own, errors };
}

/** The path of what a file in a directory names; undefined where that leads out of the tree. */
export function pathWithin(directory: string, written: string): string | undefined {
  if (written.startsWith("/")) return undefined;
  const parts: string[] = [];
  for (const part of [...directory.split("/"), ...written.split("/")]) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** A path below a mount. */
export function joined(root: string, path: string): string {
  return [root, path].filter((part) => part !== "").join("/") || ".";
}

function isName(written: string): boolean {
  return written === CLUSTER || isProfile(written) || readPolicyReference(written) !== undefined;
}
