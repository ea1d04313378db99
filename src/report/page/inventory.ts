import { count } from "../wording.ts";
import { markup, type Markup } from "./markup.ts";
import { breakable } from "./links.ts";
import type { ShownReport } from "./report-page.ts";
import { leftOut, list, section, table } from "./section.ts";

/** All that was judged and fetched, collapsed. */
export function inventoryParts(report: ShownReport): readonly Markup[] {
  return [remotesPart(report), sourcesPart(report), filesPart(report), kindsPart(report)].filter(
    (part) => part !== undefined,
  );
}

function remotesPart({ remotes }: ShownReport): Markup | undefined {
  if (remotes.total === 0) return undefined;
  const rows = remotes.items.map(
    ({ reference, version, digest, source, stale }) =>
      markup`<tr><td>${breakable(reference)}${stale === true ? " (no answer: as it was before)" : ""}</td><td>${breakable(version)}</td><td><code>${breakable(digest)}</code></td><td>${breakable(source)}</td></tr>
`,
  );
  return section({
    id: "remotes",
    heading: "Fetched from servers",
    total: remotes.total,
    collapsed: true,
    body: [
      table("Fetched from servers", ["reference", "version", "digest", "source"], rows),
      ...leftOut(remotes, "reference"),
    ],
  });
}

function sourcesPart({ sources }: ShownReport): Markup | undefined {
  if (sources.total === 0) return undefined;
  const rows = sources.items.map(
    ({ id, kind, path, line, environments, manifests }) =>
      markup`<tr><td>${breakable(id)}</td><td>${kind}</td><td><code>${breakable(`${path}:${line}`)}</code></td><td>${environments.join(", ")}</td><td>${manifests}</td></tr>
`,
  );
  return section({
    id: "sources",
    heading: "Rendered sources",
    total: sources.total,
    collapsed: true,
    body: [
      table("Rendered sources", ["source", "kind", "declared at", "environments", "manifests"], rows),
      ...leftOut(sources, "source"),
    ],
  });
}

function filesPart({ files }: ShownReport): Markup | undefined {
  if (files.total === 0) return undefined;
  const items = files.items.map(
    ({ path, manifests }) =>
      markup`<li><code>${breakable(path)}</code> <span class="note">${count(manifests, "manifest")}</span></li>
`,
  );
  return section({
    id: "files",
    heading: "Judged files",
    total: files.total,
    collapsed: true,
    body: [list("places", items), ...leftOut(files, "file")],
  });
}

function kindsPart({ unknownKinds }: ShownReport): Markup | undefined {
  if (unknownKinds.total === 0) return undefined;
  const items = unknownKinds.items.map(
    ({ kind, manifests }) =>
      markup`<li>${breakable(kind)} <span class="note">${count(manifests, "manifest")}</span></li>
`,
  );
  return section({
    id: "kinds",
    heading: "Kinds without a schema",
    total: unknownKinds.total,
    collapsed: true,
    body: [list("places", items), ...leftOut(unknownKinds, "kind")],
  });
}
