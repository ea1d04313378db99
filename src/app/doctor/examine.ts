import type { Diagnosis, DiagnosisGroup } from "../../model/diagnosis.ts";
import { causeOf } from "../error-for-log.ts";
import type { SettingsReading } from "../settings.ts";
import { openClinic, type Clinic } from "./clinic.ts";
import { unknown } from "./diagnosis.ts";
import { examineApp } from "./examine-app.ts";
import { examineDatabase } from "./examine-database.ts";
import { examineGit } from "./examine-git.ts";
import { examineGitHub } from "./examine-github.ts";
import { examineInstallations } from "./examine-installations.ts";
import { examineRepositories } from "./examine-repositories.ts";
import { examineSettings } from "./examine-settings.ts";
import { examineState } from "./examine-state.ts";
import { examineWebhook } from "./examine-webhook.ts";
import { examinePing } from "./ping.ts";

/** An area of what can be wrong. */
interface Examination {
  readonly title: string;
  readonly examine: (clinic: Clinic) => Promise<readonly Diagnosis[]>;
}

/** In this order: what an area needs stands before it. */
const EXAMINATIONS: { readonly [area: string]: Examination } = {
  github: { title: "GitHub's API", examine: examineGitHub },
  app: { title: "The App", examine: examineApp },
  installations: { title: "Installations", examine: examineInstallations },
  webhook: { title: "Webhook", examine: examineWebhook },
  git: { title: "Git", examine: examineGit },
  state: { title: "State directory", examine: examineState },
  database: { title: "Database", examine: examineDatabase },
};

/** What to examine. */
export interface ExamineRequest {
  readonly environment: { readonly [name: string]: string | undefined };
  readonly settings: SettingsReading;
  /** As `owner/name`; none: all that the App is installed on. */
  readonly repositories: readonly string[];
  /** Send a ping to the webhook's URL. */
  readonly ping: boolean;
}

/** Examines what a server with these settings depends on: group after group, as they are done. It only reads. */
export async function* examineAll(request: ExamineRequest): AsyncGenerator<DiagnosisGroup> {
  const { settings, environment, ping } = request;
  const diagnoses = await examineSettings(settings, environment);
  yield { area: "settings", title: "Settings", diagnoses };
  // What cannot be read without them would only be told over and over.
  if (settings.kind === "refused") return;
  const clinic = openClinic(settings.settings, environment);
  try {
    for (const [area, { title, examine }] of Object.entries(EXAMINATIONS)) {
      yield { area, title, diagnoses: await examined(area, () => examine(clinic)) };
      if (area === "webhook" && ping)
        yield { area: "ping", title: "Ping", diagnoses: await examined("ping", () => examinePing(clinic)) };
    }
    yield* examineRepositories(clinic, request.repositories);
  } finally {
    await clinic.close();
  }
}

/** What goes wrong in one area must not hide the others. */
async function examined(area: string, examine: () => Promise<readonly Diagnosis[]>): Promise<readonly Diagnosis[]> {
  try {
    return await examine();
  } catch (error) {
    return [unknown(`${area}/error`, `it could not be examined: ${causeOf(error)}`)];
  }
}
