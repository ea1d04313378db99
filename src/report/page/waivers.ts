import { markup, type Markup } from "./markup.ts";
import type { ShownReport } from "./report-page.ts";
import { leftOut, list, section } from "./section.ts";

/** The waivers that somebody should look at: proposed, edited, expired or soon to expire. */
export function waiversPart({ waivers }: ShownReport): Markup | undefined {
  if (waivers === undefined || waivers.total === 0) return undefined;
  const items = waivers.items.map((line) => markup`<li>${line}</li>`);
  return section({
    id: "waivers",
    heading: "Waivers",
    total: waivers.total,
    body: [list("reasons", items), ...leftOut(waivers, "waiver")],
  });
}
