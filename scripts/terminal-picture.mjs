// Draws docs/images/authoring.svg from the terminal blocks of docs/writing-policies.md, which a test compares with what the
// commands print.
//   node scripts/terminal-picture.mjs           writes the picture
//   node scripts/terminal-picture.mjs --check   exits with 1 if it is not the one of the page
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = readFileSync(fileURLToPath(new URL("../docs/writing-policies.md", import.meta.url)), "utf8");
const picture = fileURLToPath(new URL("../docs/images/authoring.svg", import.meta.url));
const shown = ["new", "test", "explain"];
const [lineHeight, charWidth, margin, longest] = [18, 7.8, 16, 118];

const section = page.slice(0, page.indexOf("## 1. "));
const steps = [...section.matchAll(/^```([a-z]*)\n([\s\S]*?)^```$/gm)]
  .flatMap(([, language, body]) => (language === "" ? body : "").split(/^(?=\$ )/m))
  .filter((step) => shown.includes(/^\$ portcullis (\w+)/.exec(step)?.[1]))
  .slice(0, shown.length);
const lines = steps.flatMap((step) => [...step.trimEnd().split("\n"), ""]).slice(0, -1);

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const colour = (line) => {
  if (line.startsWith("$ ")) return "#7ee787";
  if (line.includes("  FAILS  ")) return "#ff7b72";
  return /^\s{10,}/.test(line) ? "#79c0ff" : "#e6edf3";
};
const text = lines.map((line, at) => {
  const cut = line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  return `  <text x="${margin}" y="${margin + (at + 1) * lineHeight}" fill="${colour(line)}">${escaped(cut)}</text>`;
});
const [width, height] = [Math.ceil(longest * charWidth) + 2 * margin, (lines.length + 1) * lineHeight + 2 * margin];
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" xml:space="preserve">
  <title>A policy is written, tested and explained in a terminal</title>
  <rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
${text.join("\n")}
</svg>
`;
if (!process.argv.includes("--check")) writeFileSync(picture, svg);
else if (readFileSync(picture, "utf8") !== svg) {
  console.error(
    "docs/images/authoring.svg is not that of docs/writing-policies.md: run node scripts/terminal-picture.mjs",
  );
  process.exit(1);
}
