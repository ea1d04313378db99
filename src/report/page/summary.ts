import { count } from "../wording.ts";
import { markup, type Markup } from "./markup.ts";
import { breakable, link } from "./links.ts";
import { list } from "./section.ts";
import type { ReportPage, ShownReport } from "./report-page.ts";

const STATE_CLASS = { blocked: "deny", passes: "pass", "only shown": "warn" } as const;

/** The head of a page: the verdict, what was judged, and the numbers. */
export function summaryPart(page: ReportPage): Markup {
  const { repository, pull, baseRef, head, check, report } = page;
  const only = report?.mode === "report";
  const state = page.conclusion === "failure" ? "blocked" : only ? "only shown" : "passes";
  const subject =
    pull === undefined
      ? markup`merge group into <code>${breakable(baseRef)}</code>`
      : markup`${link(`${repository.url}/pull/${pull}`, markup`#${pull}`)} into <code>${breakable(baseRef)}</code>`;
  return markup`<header>
    <p class="from">
      ${link(repository.url, markup`${breakable(repository.name)}`)} · ${subject} ·
      ${link(`${repository.url}/commit/${head}`, markup`<code>${head.slice(0, 12)}</code>`)}
    </p>
    <h1><span class="verdict ${STATE_CLASS[state]}">${state}</span> ${page.title}</h1>
    <p class="check">Check <code>${breakable(check)}</code></p>
    ${page.notes.map((note) => markup`<p class="note-line">${note}</p>`)}
    ${report === undefined ? undefined : numbers(report)}
  </header>`;
}

function numbers({ counts, scope, policies, blocking, mode }: ShownReport): Markup {
  const shown: readonly (readonly [number | undefined, string])[] = [
    [blocking.total, mode === "report" ? "would block" : blocking.total === 1 ? "blocks" : "block"],
    [counts.problems, counts.problems === 1 ? "problem" : "problems"],
    [counts.introduced, "introduced"],
    [counts.existing, "existing"],
    [counts.fixed, "fixed"],
    [counts.waived, "waived"],
    [counts.excepted, "excepted"],
    [counts.gaps, counts.gaps === 1 ? "gap" : "gaps"],
  ];
  const always = new Set(["block", "blocks", "would block", "introduced", "existing", "fixed"]);
  const items = shown.flatMap(([number = 0, what]) =>
    number === 0 && !always.has(what) ? [] : [markup`<li><strong>${number}</strong> ${what}</li>`],
  );
  return markup`${list("numbers", items)}
    <p class="scope">${scope} judged by ${count(policies.count, "policy", "policies")}.</p>`;
}

/** The foot of a page: exactly what was judged, by what and when. */
export function footerPart(page: ReportPage): Markup {
  const { report } = page;
  if (report === undefined) return markup`<footer><p>Portcullis</p></footer>`;
  const { judged, policies, now } = report;
  const against = judged.before === undefined ? undefined : markup` against <code>${breakable(judged.before)}</code>`;
  return markup`<footer>
    <p>
      Judged <code>${breakable(judged.after)}</code>${against} (${judged.how}) by policies
      <code>${policies.digest.slice(0, 12)}</code> at <time datetime="${now}">${now}</time>.
    </p>
    <p>Portcullis. Whoever has this link can read this page; it is not listed anywhere and is deleted after a while.</p>
  </footer>`;
}
