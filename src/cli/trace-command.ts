import { askedQuestions } from "../engine/asked-questions.ts";
import type { PrintedLine } from "../rego/builtins/builtin.ts";
import { traceText } from "../report/explain/trace.ts";
import { traceRun } from "./authoring/trace-questions.ts";
import { checkCommand, showReport, type CheckOptions } from "./check-command.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs `portcullis check --trace`: judges everything anew and in one thread, and writes to stderr what each policy did with
 * each manifest, with what it printed, before the report. Returns the exit code of `check`.
 */
export async function tracedCheck(named: readonly string[], options: CheckOptions): Promise<number> {
  if (options.fix === true) throw new UsageError("--trace and --fix cannot be used together");
  const asked = askedQuestions();
  const printed = new Map<string, PrintedLine[]>();
  return checkCommand(
    named,
    { ...options, cache: false, threads: "1" },
    {
      onAsked: asked.onAsked,
      print: (place, lines) => {
        const known = printed.get(place) ?? [];
        printed.set(place, [...known, ...lines.filter((line) => !known.some((one) => isSame(one, line)))]);
      },
      show: async (judged, given) => {
        const { report, policies, subject } = judged;
        const run = { asked: asked.of, policies, after: subject.after, now: report.now, shown: subject.shown, printed };
        const traced = await traceRun(run);
        const shown = new Set(traced.flatMap(({ manifests }) => manifests.flatMap((one) => one.printed)));
        const others = [...printed].flatMap(([place, lines]) =>
          lines.filter((line) => !shown.has(line)).map(({ at, text }) => `print ${at}: ${text} (${place})\n`),
        );
        const text = `${traceText(traced)}${others.join("")}`;
        await new Promise<void>((done) => process.stderr.write(text, () => done()));
        return showReport(judged, given);
      },
    },
  );
}

/** A rule that is asked again prints again. */
function isSame(a: PrintedLine, b: PrintedLine): boolean {
  return a.at === b.at && a.text === b.text;
}
