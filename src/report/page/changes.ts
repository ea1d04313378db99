import { staleHeading } from "../changes.ts";
import { markup, type Markup } from "./markup.ts";
import { breakable } from "./links.ts";
import type { Listed, ShownChange, ShownReport } from "./report-page.ts";
import { leftOut, list, section } from "./section.ts";

/** What the change does to each object, collapsed. */
export function changesPart({ changes, changesLine }: ShownReport): Markup | undefined {
  if (changes.total === 0) return undefined;
  return section({
    id: "changes",
    heading: `What changes: ${changesLine ?? ""}`,
    collapsed: true,
    body: [list("places", changes.items.map(changed)), ...leftOut(changes, "object")],
  });
}

function changed({ kind, manifest, notes, diff }: ShownChange): Markup {
  const shown = diff === undefined || diff === "" ? undefined : markup`<pre><code>${diff}</code></pre>`;
  const said = notes.map((note) => markup`<span class="note">${note}</span>`);
  return markup`<li>${kind} <span class="object">${breakable(manifest)}</span>${said}${shown}</li>
`;
}

/** What servers gave no answer about. */
export function stalePart({ stale }: ShownReport): Markup | undefined {
  return linesPart("stale", staleHeading, stale, "reference");
}

/** What is fetched in another version. */
export function versionsPart({ remoteChanges }: ShownReport): Markup | undefined {
  return linesPart("versions", "Other versions", remoteChanges, "version");
}

function linesPart(id: string, heading: string, lines: Listed<string>, one: string): Markup | undefined {
  if (lines.total === 0) return undefined;
  const items = lines.items.map((line) => markup`<li>${breakable(line)}</li>`);
  return section({
    id,
    heading,
    total: lines.total,
    body: [list("lines", items), ...leftOut(lines, one)],
  });
}
