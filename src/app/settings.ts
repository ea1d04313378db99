import { createPrivateKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { readEvidenceSettings, type EvidenceSettings } from "./evidence/evidence-settings.ts";

/** The validated settings of `serve`. */
export interface Settings {
  readonly appId: number;
  readonly privateKey: string;
  /** The newest first; two during a rotation. */
  readonly webhookSecrets: readonly string[];
  /** The root of the REST API, without a trailing slash. */
  readonly apiUrl: string;
  /** Where people and GitHub reach this server, without a trailing slash; absent: checks link to no report. */
  readonly publicUrl?: string;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl?: string;
  readonly stateDir: string;
  /** Seconds. */
  readonly judgeDeadline: number;
  readonly logLevel: string;
  /** The file of credentials for registries and other servers. */
  readonly credentialsPath?: string;
  /** Who signs statements about merged commits; absent: none are made. */
  readonly evidence?: EvidenceSettings;
  /** Patterns of URLs whose hosts may have private addresses. */
  readonly hosts: readonly string[];
}

/** The settings, or all reasons why they are refused. */
export type SettingsReading =
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const SHORTEST_SECRET = 16;

/** Reads the settings of `serve` from environment variables. Each reason names its variable and never its value. */
export function readSettings(environment: { readonly [name: string]: string | undefined }): SettingsReading {
  const reasons: string[] = [];
  const value = (name: string): string | undefined => {
    const text = environment[name]?.trim();
    return text === undefined || text === "" ? undefined : text;
  };
  const integer = (name: string, fallback: number, least: number, most: number): number => {
    const text = value(name);
    if (text === undefined) return fallback;
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    reasons.push(`${name} must be a whole number from ${least} to ${most}.`);
    return fallback;
  };

  const appId = value("APP_ID") === undefined ? 0 : integer("APP_ID", 0, 1, Number.MAX_SAFE_INTEGER);
  if (value("APP_ID") === undefined) reasons.push("APP_ID is not set: expected the id of the GitHub App.");
  const privateKey = readKey(value("PRIVATE_KEY"), value("PRIVATE_KEY_PATH"), reasons);
  const webhookSecrets = (value("WEBHOOK_SECRET") ?? "")
    .split(",")
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
  if (webhookSecrets.length === 0) {
    reasons.push(
      `WEBHOOK_SECRET is not set: expected the secret of the App's webhook, at least ${SHORTEST_SECRET} characters.`,
    );
  } else if (webhookSecrets.length > 2) {
    reasons.push(
      "WEBHOOK_SECRET contains more than two secrets: expected one, or two separated by a comma while rotating.",
    );
  } else if (webhookSecrets.some((secret) => secret.length < SHORTEST_SECRET)) {
    reasons.push(
      `WEBHOOK_SECRET is shorter than ${SHORTEST_SECRET} characters: anyone could guess it and forge webhooks.`,
    );
  }
  const apiUrl = (value("GITHUB_API_URL") ?? "https://api.github.com").replace(/\/+$/, "");
  if (!URL.canParse(apiUrl) || !/^https?:$/.test(new URL(apiUrl).protocol)) {
    reasons.push("GITHUB_API_URL must be a URL such as https://api.github.com or https://HOST/api/v3.");
  }
  const publicUrl = value("PUBLIC_URL")?.replace(/\/+$/, "");
  if (publicUrl !== undefined && !isPublicUrl(publicUrl)) {
    reasons.push(
      "PUBLIC_URL must be the address at which this server is reached, such as https://portcullis.example.com or https://HOST/PREFIX.",
    );
  }
  const databaseUrl = value("DATABASE_URL");
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    reasons.push("DATABASE_URL must start with postgres:// or postgresql://.");
  }
  const hosts = (value("PRIVATE_HOSTS") ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const wrong = hosts.find((one) => !/^(?:https?|oci|oci\+http|ssh):\/\/[^/*]+/.test(one));
  if (wrong !== undefined) {
    reasons.push(
      `PRIVATE_HOSTS must be patterns such as https://charts.example.internal/**, separated by commas: ${wrong}`,
    );
  }
  const credentialsPath = value("CREDENTIALS_PATH");
  if (credentialsPath !== undefined && !existsSync(credentialsPath)) {
    reasons.push(`CREDENTIALS_PATH names a file that does not exist: ${credentialsPath}`);
  }
  const evidence = readEvidenceSettings(value, reasons);
  const logLevel = value("LOG_LEVEL") ?? "info";
  if (!LOG_LEVELS.includes(logLevel)) reasons.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}.`);

  const settings: Settings = {
    appId,
    privateKey,
    webhookSecrets,
    apiUrl,
    host: value("HOST") ?? "0.0.0.0",
    port: integer("PORT", 3_000, 0, 65_535),
    stateDir: resolve(value("STATE_DIR") ?? ".portcullis"),
    judgeDeadline: integer("JUDGE_DEADLINE", 600, 1, 86_400),
    logLevel,
    hosts,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(credentialsPath === undefined ? {} : { credentialsPath: resolve(credentialsPath) }),
  };
  return reasons.length === 0 ? { kind: "settings", settings } : { kind: "refused", reasons };
}

/** Whether a URL can be the public one: https, or http on this machine, without credentials, query or fragment. */
export function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return (protocol === "https:" || (protocol === "http:" && local)) && `${username}${password}${search}${hash}` === "";
}

function readKey(key: string | undefined, path: string | undefined, reasons: string[]): string {
  if (key === undefined && path === undefined) {
    reasons.push(
      "PRIVATE_KEY or PRIVATE_KEY_PATH is not set: expected the App's private key in PEM format, or the path of the file that contains it.",
    );
    return "";
  }
  let text = key ?? "";
  if (key === undefined && path !== undefined) {
    try {
      text = readFileSync(path, "utf8");
    } catch {
      reasons.push(`PRIVATE_KEY_PATH names a file that cannot be read: ${path}`);
      return "";
    }
  }
  // Many systems that pass environment variables cannot pass line breaks.
  const pem = text.includes("\n") ? text : text.replaceAll("\\n", "\n");
  try {
    createPrivateKey(pem);
  } catch {
    reasons.push(
      `${key === undefined ? "PRIVATE_KEY_PATH" : "PRIVATE_KEY"} does not contain a private key in PEM format.`,
    );
  }
  return pem;
}
