import type { Manifest } from "../../model/manifest.ts";
import type { Violation } from "../../model/violation.ts";
import type { LocatedViolation } from "../judged-source.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { Reading } from "../reading.ts";

/** Adds places and fingerprints to violations. `unmasked` are the same violations before secrets were masked. */
export function locateViolations(
  reading: Pick<Reading, "place">,
  manifest: Manifest,
  { shown, unmasked }: { readonly shown: readonly Violation[]; readonly unmasked: readonly Violation[] },
): readonly LocatedViolation[] {
  return shown.map((violation, at) => {
    const { path, place, precision } = reading.place(manifest, violation.cause.pointer);
    return {
      violation,
      place,
      ...(path === manifest.position.path ? {} : { path }),
      ...(precision === undefined ? {} : { precision }),
      fingerprint: fingerprintOf(unmasked[at] ?? violation, manifest),
    };
  });
}
