import type { Manifest, SourcePosition } from "../model/manifest.ts";
import { readFile, type FileReading } from "./files/read-file.ts";
import type { RenderedObject } from "./rendered-objects.ts";

/** Finds the text that rendered objects were loaded from; each file is parsed once. */
export interface OwnTexts {
  /** The object of a file that most likely became this one: of its kind, with its name or the name that a prefix or suffix was put around. */
  find(path: string, object: Pick<RenderedObject, "identity">): SourcePosition | undefined;
  reading(path: string): FileReading | undefined;
}

/** Makes the finder. `files` holds bytes by lookup path; `nameOf` maps a lookup path to the path shown in reports. */
export function ownTexts(files: ReadonlyMap<string, Uint8Array>, nameOf: (path: string) => string): OwnTexts {
  const readings = new Map<string, FileReading | undefined>();
  const reading = (path: string): FileReading | undefined => {
    if (!readings.has(path)) {
      const bytes = files.get(path);
      readings.set(path, bytes === undefined ? undefined : readFile(nameOf(path), bytes));
    }
    return readings.get(path);
  };
  return {
    reading,
    find(path, { identity }) {
      const all = (reading(path)?.manifests ?? []).filter(
        (manifest) => manifest.identity.kind === identity.kind && manifest.identity.group === identity.group,
      );
      const named = all.filter((manifest) => manifest.identity.name === identity.name);
      const inNamespace = named.filter((manifest) => manifest.identity.namespace === identity.namespace);
      const [found] = inNamespace.length > 0 ? inNamespace : named.length > 0 ? named : around(all, identity.name);
      return found?.position;
    },
  };
}

function around(manifests: readonly Manifest[], name: string): readonly Manifest[] {
  const within = manifests
    .filter((manifest) => manifest.identity.name !== "" && name.includes(manifest.identity.name))
    .toSorted((one, other) => other.identity.name.length - one.identity.name.length);
  return within.length > 0 || manifests.length > 1 ? within : manifests;
}
