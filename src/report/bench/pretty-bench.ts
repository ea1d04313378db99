import type { Bench, PolicyCost } from "../../model/bench.ts";
import { width } from "../cells.ts";
import type { FormatOptions } from "../format.ts";
import { inert } from "../inert-text.ts";
import { pageFor } from "../pretty-page.ts";
import { count } from "../wording.ts";

const COLUMNS = ["time ms", "share", "µs/manifest", "hits", "findings"] as const;

/** What policies cost as a table, slowest first, and the totals. */
export function prettyBench(bench: Bench, options: Pick<FormatOptions, "colour" | "columns">): string {
  const { paint, lines } = pageFor(options);
  const { policies } = bench;
  const widest = Math.max(6, ...policies.map(({ policy }) => width(inert(policy))));
  const line = (name: string, cells: readonly string[]): string =>
    `${name}${" ".repeat(Math.max(0, widest - width(name)))}${cells.map((cell, at) => `  ${cell.padStart(COLUMNS[at]?.length ?? 0)}`).join("")}`;
  const table = [
    paint.bold(line("policy", COLUMNS)),
    ...policies.map((one) => line(inert(one.policy), cellsOf(one, bench))),
  ];
  const blocks = [
    ...(policies.length === 0 ? [] : [table]),
    ...failedBlock(policies),
    [paint.bold(totals(bench)), ...lines(rates(bench), "")],
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function cellsOf({ milliseconds, hits, findings }: PolicyCost, { apart, manifests }: Bench): readonly string[] {
  const timed =
    milliseconds === undefined
      ? ["-", "-", "-"]
      : [
          milliseconds.toFixed(2),
          `${apart === 0 ? 0 : Math.round((100 * milliseconds) / apart)}%`,
          each(milliseconds, manifests),
        ];
  return [...timed, String(hits), String(findings)];
}

function failedBlock(policies: readonly PolicyCost[]): readonly (readonly string[])[] {
  const failed = policies.flatMap(({ policy, rules }) =>
    rules
      .filter(({ failures }) => failures > 0)
      .map(
        ({ rule, path, line, failures }) =>
          `no answer for ${count(failures, "manifest")}: ${inert(policy)} ${inert(rule)} (${inert(path)}:${line})`,
      ),
  );
  return failed.length === 0 ? [] : [failed];
}

function totals({ manifests, policies, findings, problems }: Bench): string {
  const wrong = problems === 0 ? "" : `, ${count(problems, "problem")}`;
  return `${count(manifests, "manifest")} asked, ${count(policies.length, "policy", "policies")}, ${count(findings, "finding")}${wrong}`;
}

function rates({ manifests, rounds, together, apart, others }: Bench): string {
  const rego = `Rego: ${each(together, manifests)} µs for each manifest with all rules together as check evaluates them, ${each(apart, manifests)} µs rule by rule (the fastest of ${count(rounds, "round")})`;
  return others === undefined ? rego : `${rego}. CEL and Gatekeeper: ${each(others, manifests)} µs, all together`;
}

function each(milliseconds: number, manifests: number): string {
  return manifests === 0 ? "0" : ((1000 * milliseconds) / manifests).toFixed(milliseconds / manifests < 0.01 ? 1 : 0);
}
