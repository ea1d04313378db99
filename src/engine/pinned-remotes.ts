import type { RemoteReference, Remotes } from "../model/remotes.ts";
import { referenceText } from "../render/remotes/reference-text.ts";

/** What a report says that a reference named. */
export interface Pin {
  readonly reference: string;
  readonly version: string;
  readonly digest: string;
}

/**
 * The same remotes, where every reference means what it meant for a report: in the version that it had then, and only
 * where that has the same content.
 */
export function pinnedRemotes(remotes: Remotes, pins: readonly Pin[]): Remotes {
  const known = new Map(pins.map((pin) => [pin.reference, pin]));
  return {
    async fetch(reference) {
      const text = referenceText(reference);
      const pin = known.get(text);
      if (pin === undefined) return { kind: "absent", message: `the report given by --remotes does not list ${text}` };
      const outcome = await remotes.fetch(pinned(reference, pin));
      if (outcome.kind !== "found") return outcome;
      const { stale: _, ...content } = outcome.content;
      const { digest } = content;
      // What the report lists cannot be out of date.
      if (digest === pin.digest) return { kind: "found", content: { ...content, version: pin.version } };
      return {
        kind: "absent",
        message: `${text} is ${digest} now, and the report given by --remotes lists ${pin.digest}`,
      };
    },
  };
}

function pinned(reference: RemoteReference, { version, digest }: Pin): RemoteReference {
  switch (reference.kind) {
    case "chart":
      return { ...reference, version };
    case "artifact": {
      const { tag: _, semver: __, semverFilter: ___, ...rest } = reference;
      return { ...rest, digest };
    }
    case "git":
      return { ...reference, revision: { kind: "commit", value: digest } };
    case "file":
      return reference;
  }
}
