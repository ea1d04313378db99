import { markup, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** A whole document, whose style sheet is the only one; `style` is added to it in documents that no server sends. */
export function documentOf(title: string, body: Markup, style = ""): string {
  // The digest of the style sheet is that of all between its tags.
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ html: STYLE + style }}</style>
</head>
<body>
${body}
</body>
</html>
`.html;
}
