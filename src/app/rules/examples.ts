import type { Finding } from "../../model/finding.ts";
import { count, nameOf, placeOf } from "../../report/wording.ts";

const MOST_EXAMPLES = 3;

/** `14 findings, such as images/tag in Deployment shop/web (apps/web.yaml:14)`. Untrusted text. */
export function withExamples(findings: readonly Finding[]): string {
  const shown = findings
    .slice(0, MOST_EXAMPLES)
    .map(
      ({ policy, manifest, location }) =>
        `${policy} in ${nameOf(manifest)} (${placeOf({ path: location.path, line: location.line })})`,
    );
  return `${count(findings.length, "finding")}${findings.length > shown.length ? ", such as" : ":"} ${shown.join(", ")}`;
}
