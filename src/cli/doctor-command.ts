import { examineAll } from "../app/doctor/examine.ts";
import { redact } from "../app/log.ts";
import { readSettings } from "../app/settings.ts";
import type { DiagnosisGroup } from "../model/diagnosis.ts";
import { diagnosesSummary, jsonDiagnoses, prettyDiagnoses } from "../report/diagnoses.ts";
import { coloured } from "./coloured.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis doctor`. */
export interface DoctorOptions {
  readonly output: "pretty" | "json";
  readonly ping?: boolean;
}

/** Runs `portcullis doctor`: prints what is right and wrong with an installation. Returns the exit code. */
export async function doctorCommand(repositories: readonly string[], options: DoctorOptions): Promise<number> {
  const wrong = repositories.find((name) => !/^[\w.-]+\/[\w.-]+$/.test(name));
  if (wrong !== undefined) throw new UsageError(`${wrong}: expected a repository as OWNER/NAME`);
  const settings = readSettings(process.env);
  const secrets =
    settings.kind === "refused"
      ? []
      : [
          ...settings.settings.webhookSecrets,
          ...(settings.settings.databaseUrl ? [settings.settings.databaseUrl] : []),
        ];
  const print = (text: string): void => void process.stdout.write(redact(text, secrets));
  const shape = {
    colour: coloured(process.stdout),
    ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
  };
  const groups: DiagnosisGroup[] = [];
  const request = { environment: process.env, settings, repositories, ping: options.ping === true };
  for await (const group of examineAll(request)) {
    groups.push(group);
    if (options.output === "pretty") print(`${prettyDiagnoses(group, shape)}\n`);
  }
  print(options.output === "json" ? jsonDiagnoses(groups) : diagnosesSummary(groups, shape));
  return groups.some(({ diagnoses }) => diagnoses.some(({ state }) => state === "failure")) ? 1 : 0;
}
