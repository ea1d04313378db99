import { markup, type Markup } from "./markup.ts";
import { isWebAddress } from "../web-address.ts";
import type { ReportPage } from "./report-page.ts";

/** A place in a file at a commit, as a link to GitHub; without a line, to the file. */
export function placeLink(
  { repository }: Pick<ReportPage, "repository">,
  commit: string | undefined,
  { path, line }: { readonly path: string; readonly line?: number },
): Markup {
  const shown = line === undefined ? path : `${path}:${line}`;
  const file = path.split("/").map(encoded).join("/");
  const place = `${repository.url}/blob/${commit ?? ""}/${file}${line === undefined ? "" : `#L${line}`}`;
  return commit === undefined
    ? markup`<code>${breakable(shown)}</code>`
    : link(place, markup`<code>${breakable(shown)}</code>`);
}

/** A link to an address on the web; where it is none, the content alone. */
export function link(address: string, content: Markup, otherwise = content): Markup {
  return isWebAddress(address) ? markup`<a href="${address}" rel="noopener noreferrer">${content}</a>` : otherwise;
}

/** A long name that may break after each of its parts. */
export function breakable(text: string): Markup {
  const parts = text.split(/(?<=[/._@:-])/);
  return { html: parts.map((part) => markup`${part}`.html).join("<wbr>") };
}

/** A part of a path in an address. `encodeURIComponent` refuses lone surrogates. */
function encoded(part: string): string {
  return encodeURIComponent(part.replaceAll(/\p{Cs}/gu, "\ufffd")).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  );
}
