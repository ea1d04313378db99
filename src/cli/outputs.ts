import { writeFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { formats, type FormatName } from "../report/formats.ts";
import { UsageError } from "./usage-error.ts";

/** A format, and the file that its report is written to; none: stdout. */
export interface Output {
  readonly format: FormatName;
  readonly file?: string;
}

/** Reads one `-o FORMAT` or `-o FORMAT=FILE` after those that came before it. */
export function addOutput(value: string, previous: readonly Output[] | undefined): readonly Output[] {
  const at = value.indexOf("=");
  const format = at === -1 ? value : value.slice(0, at);
  if (!isFormat(format)) throw new InvalidArgumentError(`Allowed choices are ${Object.keys(formats).join(", ")}.`);
  const file = at === -1 ? undefined : value.slice(at + 1);
  if (file === "") throw new InvalidArgumentError(`Expected a file after ${format}=.`);
  return [...(previous ?? []), { format, ...(file === undefined ? {} : { file }) }];
}

function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

/** The outputs of a run: those of `-o`, else text on stdout. `--output-file` names the file of the one without. */
export function outputsOf(named: readonly Output[] | undefined, outputFile: string | undefined): readonly Output[] {
  const outputs = named ?? [{ format: "pretty" }];
  const onStdout = outputs.filter(({ file }) => file === undefined);
  if (onStdout.length > 1) {
    const formatNames = onStdout.map(({ format }) => format).join(", ");
    throw new UsageError(
      `-o ${formatNames}: expected one report for stdout, and files for others, as in -o sarif=FILE`,
    );
  }
  if (outputFile === undefined) return outputs;
  if (onStdout.length === 0) throw new UsageError("--output-file: every report has a file already");
  return outputs.map((output) => (output.file === undefined ? { ...output, file: outputFile } : output));
}

/** Writes the report that `text` gives in each format: files first, so that what stdout says was done is done. */
export async function writeOutputs(
  outputs: readonly Output[],
  text: (format: FormatName, toTerminal: boolean) => Promise<string>,
): Promise<void> {
  for (const { format, file } of outputs) {
    if (file === undefined) continue;
    const written = await text(format, false);
    try {
      writeFileSync(file, written);
    } catch (error) {
      throw new UsageError(`cannot write ${file}: ${(error as Error).message}`);
    }
  }
  for (const { format, file } of outputs) {
    if (file !== undefined) continue;
    const printed = await text(format, true);
    await new Promise<void>((done) => process.stdout.write(printed, () => done()));
  }
}
