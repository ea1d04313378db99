import { count } from "../wording.ts";
import { markup, type Markup } from "./markup.ts";
import { breakable, placeLink } from "./links.ts";
import type { Grouped, Listed, ReportPage, ShownProblem } from "./report-page.ts";
import { leftOut, list, section } from "./section.ts";

interface Part {
  readonly id: string;
  readonly heading: string;
  readonly collapsed?: boolean;
}

/** Problems: what could not be judged, and why. */
export function problemsPart(
  page: ReportPage,
  { id, heading, collapsed = false }: Part,
  problems: Listed<ShownProblem>,
): Markup | undefined {
  if (problems.total === 0) return undefined;
  const shown = problems.items.map(({ stage, status, message, blocks, places }) => {
    const standing = blocks ? stage : status === "existing" ? `${stage}, there before` : stage;
    const where = places.items.flatMap(({ path, line }) =>
      path === undefined
        ? []
        : [markup`<li>${placeLink(page, page.head, { path, ...(line === undefined ? {} : { line }) })}</li>`],
    );
    return markup`<article class="policy">
      <div class="cause">
        <p class="message"><span class="level ${blocks ? "deny" : "info"}">${standing}</span> ${message}</p>
        ${where.length === 0 ? undefined : list("places", where)}${leftOut(places, "place")}
      </div>
    </article>`;
  });
  return section({ id, heading, total: problems.total, collapsed, body: [...shown, ...leftOut(problems, "problem")] });
}

/** Files or sources that were not judged, by their reason; `one` names one of them. */
export function reasonsPart(
  { id, heading, collapsed = false }: Part,
  groups: Listed<Grouped>,
  one: "file" | "source",
): Markup | undefined {
  if (groups.total === 0) return undefined;
  const sum = groups.items.reduce((total, { of }) => total + of.total, 0);
  const shown = groups.items.map(
    ({ reason, of }) =>
      markup`<li>${reason} <span class="count">${count(of.total, one)}</span>
        ${list(
          "places",
          of.items.map((name) => markup`<li><code>${breakable(name)}</code></li>`),
        )}${leftOut(of, one)}</li>
`,
  );
  return section({
    id,
    heading,
    total: sum,
    collapsed,
    body: [list("reasons", shown), ...leftOut(groups, "reason")],
  });
}
