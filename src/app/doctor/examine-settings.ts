import { readFile, stat } from "node:fs/promises";
import { readCredentials } from "../../engine/server-remotes.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import type { SettingsReading } from "../settings.ts";
import { failure, ok, warning } from "./diagnosis.ts";
import { isLoopback } from "./web-url.ts";

type Environment = { readonly [name: string]: string | undefined };

/** Below that a secret is accepted, and yet shorter than what `openssl rand -hex 32` prints and anybody should use. */
const SHORT_SECRET = 32;

/** The settings of the server, as this process has them. */
export async function examineSettings(
  reading: SettingsReading,
  environment: Environment,
): Promise<readonly Diagnosis[]> {
  if (reading.kind === "refused") {
    const next = "with these settings portcullis serve does not start: see portcullis serve --help";
    return reading.reasons.map((reason) => failure("settings/refused", reason, next));
  }
  const { appId, webhookSecrets, apiUrl, credentialsPath } = reading.settings;
  return [
    ok("settings/accepted", `App ${appId}, its private key, and the webhook's secret are set`),
    ...secrets(webhookSecrets),
    ...(await keyFile(environment)),
    ...(await unreadable("settings/authorities", "NODE_EXTRA_CA_CERTS cannot be read", async () => {
      const path = environment["NODE_EXTRA_CA_CERTS"] ?? "";
      if (path !== "") await readFile(path);
    })),
    ...(await unreadable("settings/credentials", "CREDENTIALS_PATH cannot be used", async () => {
      if (credentialsPath !== undefined) await readCredentials(credentialsPath);
    })),
    ...(new URL(apiUrl).protocol === "http:" && !isLoopback(apiUrl)
      ? [warning("settings/unencrypted", `GITHUB_API_URL is ${apiUrl}: tokens travel unencrypted`, "use https://")]
      : []),
  ];
}

function secrets(all: readonly string[]): readonly Diagnosis[] {
  const shortest = Math.min(...all.map(({ length }) => length));
  return [
    ...(all.length > 1
      ? [
          warning(
            "settings/two-secrets",
            "WEBHOOK_SECRET has two secrets, as while one replaces the other",
            "once GitHub has the new one, leave the old one out",
          ),
        ]
      : []),
    ...(shortest < SHORT_SECRET
      ? [
          warning(
            "settings/short-secret",
            `a webhook secret has ${shortest} characters`,
            "make a longer one with openssl rand -hex 32; docs/operations.md says how to change it",
          ),
        ]
      : []),
  ];
}

async function keyFile(environment: Environment): Promise<readonly Diagnosis[]> {
  const path = environment["PRIVATE_KEY_PATH"]?.trim();
  if (
    path === undefined ||
    path === "" ||
    (environment["PRIVATE_KEY"] ?? "").trim() !== "" ||
    process.platform === "win32"
  )
    return [];
  const { mode } = await stat(path);
  if ((mode & 0o007) === 0) return [];
  return [
    warning(
      "settings/key-mode",
      `every user of this machine can read ${path} (mode ${(mode & 0o777).toString(8)})`,
      `chmod o= ${path}, and make it belong to the user or group that runs the server`,
    ),
  ];
}

async function unreadable(code: string, found: string, read: () => Promise<void>): Promise<readonly Diagnosis[]> {
  try {
    await read();
    return [];
  } catch (error) {
    return [
      failure(
        code,
        `${found}: ${error instanceof Error ? error.message : String(error)}`,
        "correct the file: the server does not start with it",
      ),
    ];
  }
}
