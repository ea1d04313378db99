import type { Loss, NoRollback, Rollback, RollbackReport, SharedEnvironment } from "../../model/rollback.ts";
import type { FormatOptions } from "../format.ts";
import { inert } from "../inert-text.ts";
import { pageFor, type Block, type Page } from "../pretty-page.ts";
import { count, nameOf, placeOf } from "../wording.ts";
import { checkText, commitLine, endText, environmentText } from "./commit-line.ts";

/** The ways back of one environment as text: images first, since they are what most look for. */
export function prettyRollback(
  report: RollbackReport,
  options: Pick<FormatOptions, "colour" | "columns" | "showAll">,
): string {
  const page = pageFor(options);
  const why = report.rollbacks.length === 0 || report.end !== "limit" ? endText(report.end) : undefined;
  const blocks: readonly Block[] = [
    [
      `${page.paint.bold(environmentText(report.environment))}, now`,
      ...page.lines(`  ${commitLine(report.now)}`, "      "),
      `  ${checkText(report.now.check, page)}`,
    ],
    ...report.rollbacks.map((one) =>
      "problem" in one ? problemBlock(one, page) : rollbackBlock(one, options.showAll, page),
    ),
    ...(why === undefined ? [] : [[page.paint.dim(`${why[0]?.toUpperCase()}${why.slice(1)}`)]]),
    ...(report.written === undefined
      ? []
      : [
          [
            `The work tree makes the state of ${report.written.slice(0, 12)}: look at it (git diff --staged) and commit it.`,
          ],
        ]),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function heading(one: Rollback | NoRollback, page: Page): readonly string[] {
  return [
    page.paint.bold("back to"),
    ...page.lines(`  ${commitLine(one)}`, "      "),
    `  ${checkText(one.check, page)}`,
  ];
}

function problemBlock(one: NoRollback, page: Page): Block {
  return [...heading(one, page), ...page.lines(`  ${page.paint.red("no way back")}: ${inert(one.problem)}`, "    ")];
}

function rollbackBlock(one: Rollback, showAll: boolean, page: Page): Block {
  return [
    ...heading(one, page),
    ...imageLines(one, showAll, page),
    ...objectLines(one, showAll, page),
    ...lossLines(one, showAll, page),
    ...one.unknown.flatMap((source) =>
      page.lines(`  ${page.paint.yellow("not rendered")}, so not compared: ${inert(source)}`, "    "),
    ),
    ...gateLines(one, showAll, page),
    ...one.shared.flatMap((shared) =>
      page.lines(`  ${page.paint.yellow("also changes")} ${sharedText(shared)}`, "    "),
    ),
    `  commands`,
    ...one.commands.map((command, at) => `    ${at === 2 ? "or: " : ""}${inert(command)}`),
  ];
}

const MOST = 10;

function limited(lines: readonly (readonly string[])[], showAll: boolean): readonly string[] {
  const shown = showAll ? lines : lines.slice(0, MOST);
  const left = lines.length - shown.length;
  return [...shown.flat(), ...(left > 0 ? [`    and ${left} more (--show-all lists them)`] : [])];
}

function imageLines({ images }: Rollback, showAll: boolean, page: Page): readonly string[] {
  if (images.length === 0) return ["  no image changes"];
  return [
    "  images",
    ...limited(
      images.map(({ manifest, container, before, after }) =>
        page.lines(`    ${inert(nameOf(manifest))}, ${inert(container)}: ${inert(before)} → ${inert(after)}`, "      "),
      ),
      showAll,
    ),
  ];
}

const SIGNS = { created: "+", updated: "~", deleted: "-" } as const;

function objectLines({ changes }: Rollback, showAll: boolean, page: Page): readonly string[] {
  const counted = (["created", "updated", "deleted"] as const).flatMap((kind) => {
    const number = changes.filter((change) => change.kind === kind).length;
    return number === 0 ? [] : [`${number} ${kind}`];
  });
  return [
    `  objects: ${counted.length === 0 ? "none that is known" : counted.join(", ")}`,
    ...limited(
      changes.map(({ kind, manifest, stays }) =>
        page.lines(
          `    ${SIGNS[kind]} ${inert(nameOf(manifest))}${stays === true ? " (stays in the cluster: what applies it does not prune it)" : ""}`,
          "      ",
        ),
      ),
      showAll,
    ),
  ];
}

const KINDS: { readonly [kind in Loss["kind"]]: string } = {
  refused: "Kubernetes refuses",
  replaced: "replaced",
  "stored-version": "stored version",
  volume: "volume",
  deleted: "deleted",
  prune: "pruned",
  empty: "comes back empty",
  ran: "has run",
  secret: "not in Git",
};

function lossLines({ losses, unknown }: Rollback, showAll: boolean, page: Page): readonly string[] {
  if (losses.length === 0)
    return [unknown.length === 0 ? "  nothing is known that it cannot undo" : "  what it cannot undo is not known"];
  return [
    "  cannot be undone",
    ...limited(
      losses.map(({ kind, manifest, message }) =>
        page.lines(
          `    ${page.paint.yellow(KINDS[kind])}: ${lossText(message, manifest === undefined ? undefined : nameOf(manifest))}`,
          "      ",
        ),
      ),
      showAll,
    ),
  ];
}

function lossText(message: string, name: string | undefined): string {
  return inert(name === undefined || message.startsWith(name) ? message : `${name}: ${message}`);
}

function gateLines({ gate }: Rollback, showAll: boolean, page: Page): readonly string[] {
  const warnings = gate.warnings === 0 ? "" : `, with ${count(gate.warnings, "warning")}`;
  if (gate.verdict === "pass" || gate.verdict === "warn")
    return [`  ${page.paint.green("the gate would let it through")}${warnings}`];
  return [
    `  ${page.paint.red("the gate would block it")}`,
    ...limited(
      gate.blocking.map(({ policy, message, manifest, ...place }) =>
        page.lines(
          `    ${policy === undefined ? "could not be judged" : inert(policy)}: ${lossText(message, manifest === undefined ? undefined : nameOf(manifest))}${place.path === undefined ? "" : ` (${inert(placeOf(place))})`}`,
          "      ",
        ),
      ),
      showAll,
    ),
  ];
}

function sharedText({ environment, objects, paths }: SharedEnvironment): string {
  const shown = paths.slice(0, 3).map((path) => inert(path));
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
  const because = paths.length === 0 ? "" : `, which reads ${shown.join(", ")}${more} too`;
  return `${environmentText(environment)} (${count(objects, "object")})${because}`;
}
