import { inertLines } from "./inert-text.ts";

/** Text from outside for an XML attribute or element; characters that XML forbids are spelled out. */
export function escapeXml(text: string): string {
  return inertLines(text)
    .join("\n")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
