import { count } from "../wording.ts";
import { markup, type Markup } from "./markup.ts";
import { breakable, link, placeLink } from "./links.ts";
import { leftOut, list, section } from "./section.ts";
import type { Listed, PolicyText, ReportPage, ShownFinding, ShownReport } from "./report-page.ts";

/** One list of findings. */
export interface FindingsPart {
  readonly id: string;
  readonly heading: string;
  readonly intro?: string;
  readonly findings: Listed<ShownFinding>;
  /** The commit in which the lines are; absent: no link. */
  readonly commit?: string | undefined;
  readonly collapsed?: boolean;
}

const MOST_EXCERPTS = 3;

/** Findings by policy, those of one policy with the same message together. */
export function findingsPart(page: ReportPage, report: ShownReport, part: FindingsPart): Markup | undefined {
  const { findings } = part;
  if (findings.total === 0) return undefined;
  const groups = groupBy(findings.items, ({ policy }) => policy);
  const described = new Map(report.described.map((policy) => [policy.id, policy]));
  return section({
    id: part.id,
    heading: part.heading,
    total: findings.total,
    collapsed: part.collapsed === true,
    body: [
      ...(part.intro === undefined ? [] : [markup`<p>${part.intro}</p>`]),
      ...groups.map(([id, of]) => policyGroup(page, described.get(id) ?? { id }, of, part.commit)),
      ...leftOut(findings, "finding"),
    ],
  });
}

function policyGroup(
  page: ReportPage,
  policy: PolicyText,
  findings: readonly ShownFinding[],
  commit: string | undefined,
): Markup {
  const causes = groupBy(findings, ({ message, level }) => JSON.stringify([level, message]));
  const help = policy.description === undefined ? undefined : markup`<p class="help">${policy.description}</p>`;
  const docs =
    policy.docs === undefined
      ? undefined
      : markup`<p class="help">${link(policy.docs, markup`How to fix it`, markup`<code>${policy.docs}</code>`)}</p>`;
  return markup`<article class="policy">
    <h3>${policy.title ?? policy.id} <span class="count">${findings.length}</span></h3>
    <p class="id"><code>${breakable(policy.id)}</code></p>
    ${help}${docs} ${causes.map(([, of]) => cause(page, of, commit))}
  </article>`;
}

function cause(page: ReportPage, findings: readonly ShownFinding[], commit: string | undefined): Markup {
  const [first] = findings;
  if (first === undefined) return markup``;
  const many = findings.length > 1 ? markup` <span class="count">${count(findings.length, "place")}</span>` : undefined;
  return markup`<div class="cause">
    <p class="message"><span class="level ${first.level}">${first.level}</span> ${first.message}${many}</p>
    ${list(
      "places",
      findings.map((finding, at) => place(page, finding, commit, at < MOST_EXCERPTS)),
    )}
  </div>`;
}

function place(page: ReportPage, finding: ShownFinding, commit: string | undefined, withExcerpt: boolean): Markup {
  const notes = [
    ...finding.circumstances,
    ...(finding.changed === true ? ["there was a finding here before, with another value"] : []),
  ];
  const said = notes.map((note) => markup` · ${note}`);
  const source = withExcerpt ? excerpt(finding) : undefined;
  return markup`<li>${placeLink(page, commit, finding)} <span class="note"><span class="object">${breakable(finding.manifest)}</span>${said}</span>${source}</li>
`;
}

function excerpt({ excerpt: shown }: ShownFinding): Markup | undefined {
  if (shown === undefined) return undefined;
  const { line, mark } = shown;
  // Indentation would push the text out of a narrow page.
  const indent = Math.min(shown.text.search(/\S|$/), mark.start);
  const text = shown.text.slice(indent);
  const start = mark.start - indent;
  // The mark counts cells of a terminal, of which a wide character takes two.
  const exact = /^[\x20-\x7e]*$/.test(text);
  const marked = exact
    ? markup`${text.slice(0, start)}<mark>${text.slice(start, start + mark.length)}</mark>${text.slice(start + mark.length)}`
    : markup`${text}`;
  return markup`<pre><code><span class="number">${line}</span>${marked}</code></pre>`;
}

/** Groups in the order of their size, largest first. */
function groupBy<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const known = groups.get(key(item));
    if (known === undefined) groups.set(key(item), [item]);
    else known.push(item);
  }
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length);
}
