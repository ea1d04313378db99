import type { Finding } from "../../model/finding.ts";
import type { WaiverMatch } from "../../model/waiver.ts";
import { reachesOf } from "./part-of-finding.ts";

/** The narrowest selector that covers all of a finding, and still does when lines and list items move. */
export function narrowestMatch(finding: Finding): WaiverMatch {
  const { pointer, container, location, related } = finding;
  const reaches = reachesOf(finding);
  const all = (of: readonly (string | undefined)[]): readonly string[] | undefined => {
    const known = of.filter((one) => one !== undefined);
    return known.length < of.length ? undefined : [...new Set(known)].toSorted();
  };
  const kind = all(reaches.map(({ manifest }) => manifest.kind));
  const namespace = all(reaches.map(({ manifest }) => manifest.namespace));
  const name = all(reaches.map(({ manifest }) => manifest.name).map((one) => (one === "" ? undefined : one)));
  const environment = all(reaches.map((reach) => reach.environment));
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(container === undefined ? {} : { container: [container] }),
    ...(environment === undefined ? {} : { environment }),
    // Where the value stands stays what it is once the change that brings it is merged.
    path: [literal((related ?? location).path)],
    ...(pointer === "" ? {} : { pointer: [literal(pointer).replaceAll(/\/\d+(?=\/|$)/g, "/*")] }),
  };
}

/** A path as a pattern that matches it alone. */
function literal(path: string): string {
  return path.replaceAll(/[*?[\]{}()!@+|\\]/g, String.raw`\$&`);
}
