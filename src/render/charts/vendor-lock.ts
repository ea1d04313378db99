import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import { readFile } from "../files/read-file.ts";
import { cleanPath } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** The name of the file in the directory of vendored charts that records where each copy comes from. */
export const vendorLockName = "portcullis-vendor.lock.yaml";

/** One chart of the lock. */
export interface LockedChart {
  readonly name: string;
  readonly repository: string;
  readonly version: string;
  /** The directory or archive, in the tree. */
  readonly path: string;
  /** `sha256:` and the digest of the copy: see docs/configuration.md. */
  readonly digest: string;
}

export interface VendorLock {
  readonly path: string;
  readonly charts: readonly LockedChart[];
}

/** Reads the lock of the vendored charts; without a lock where there is none. What is wrong with it is a problem at its line. */
export async function readVendorLock(
  vendor: string | undefined,
  files: TreeFiles,
): Promise<{ readonly lock?: VendorLock; readonly problems: readonly Problem[] }> {
  if (vendor === undefined) return { problems: [] };
  const path = cleanPath(`${vendor}/${vendorLockName}`);
  const bytes = (await files.read([path])).get(path);
  if (bytes === undefined) return { problems: [] };
  const reading = readFile(path, bytes);
  const found: Problem[] = [...reading.problems];
  const document = [...reading.manifests, ...reading.notManifests][0];
  const at = (pointer: string): number => reading.place({ path, document: 0, line: 1, pointer: "" }, pointer).line;
  const refuse = (pointer: string, message: string): void => {
    found.push({ stage: "read", path, line: at(pointer), message });
  };
  const value = document?.value;
  const listed = isObject(value) ? value["charts"] : undefined;
  if (found.length > 0) return { problems: found };
  if (!isObject(value) || value["version"] !== 1 || !Array.isArray(listed)) {
    refuse("", "not a lock of vendored charts: expected version: 1 and a list of charts");
    return { problems: found };
  }
  const charts = listed.flatMap((entry: Json, index): readonly LockedChart[] => {
    const wrong = isObject(entry) ? wrongField(entry) : "name";
    if (!isObject(entry) || wrong !== undefined) {
      refuse(
        `/charts/${index}`,
        `charts[${index}].${wrong} is missing or wrong: expected ${expected[wrong ?? "name"]}`,
      );
      return [];
    }
    const text = (field: string): string => (typeof entry[field] === "string" ? entry[field] : "");
    return [
      {
        name: text("name"),
        repository: text("repository"),
        version: text("version"),
        path: cleanPath(`${vendor}/${text("path")}`),
        digest: text("digest"),
      },
    ];
  });
  return { lock: { path, charts }, problems: found };
}

const expected: { readonly [field: string]: string } = {
  name: "the chart's name",
  repository: "the URL of its repository",
  version: "its version as a text",
  path: "its directory or archive, relative to the lock",
  digest: "sha256: and 64 hexadecimal digits",
};

function wrongField(entry: JsonObject): string | undefined {
  return Object.keys(expected).find((field) => {
    const value = entry[field];
    if (typeof value !== "string" || value === "") return true;
    return field === "digest" && !/^sha256:[0-9a-f]{64}$/.test(value);
  });
}
