import type { Pointer } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Violation } from "../../model/violation.ts";
import type { Located, LocatedViolation } from "../judged-source.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { Reading } from "../reading.ts";

/** Adds places and fingerprints to violations. `unmasked` are the same violations before secrets were masked. */
export function locateViolations(
  reading: Pick<Reading, "place">,
  manifest: Manifest,
  { shown, unmasked }: { readonly shown: readonly Violation[]; readonly unmasked: readonly Violation[] },
): readonly LocatedViolation[] {
  const locate = (pointer: Pointer): Located => {
    const { path, place, precision, fetched } = reading.place(manifest, pointer);
    return {
      place,
      ...(path === manifest.position.path ? {} : { path }),
      ...(precision === undefined ? {} : { precision }),
      ...(fetched === undefined ? {} : { fetched }),
    };
  };
  return shown.map((violation, at) => {
    const { pointer, compared } = violation.cause;
    return {
      violation,
      ...locate(pointer),
      ...(compared === undefined ? {} : { compared: compared.map((other) => ({ pointer: other, ...locate(other) })) }),
      fingerprint: fingerprintOf(unmasked[at] ?? violation, manifest),
    };
  });
}
