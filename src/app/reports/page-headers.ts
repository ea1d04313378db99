import { createHash } from "node:crypto";
import { STYLE } from "../../report/page/style.ts";

const digest = createHash("sha256").update(STYLE).digest("base64");

/** The headers of every page: it loads and runs nothing, and tells no other site about itself. `form`: where its form leads. */
export function pageHeaders(form = "'none'"): { readonly [name: string]: string } {
  return {
    "content-security-policy": `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action ${form}; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}
