import type { HookConfiguration } from "../../github/app-calls.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import { WEBHOOK_PATH } from "../ingress/ingress.ts";
import type { Clinic } from "./clinic.ts";
import { isLoopback } from "./web-url.ts";
import { attempt, failure, ok, unknown, warning } from "./diagnosis.ts";
import { examineDeliveries } from "./examine-deliveries.ts";

const WHERE = "App settings → General → Webhook";

/** Where GitHub delivers webhooks, and how the last deliveries went. */
export async function examineWebhook(clinic: Clinic): Promise<readonly Diagnosis[]> {
  const app = await clinic.asApp();
  const reading = await attempt(app.readHookConfiguration());
  const configuration =
    reading.kind === "read"
      ? examineConfiguration(reading.value, clinic.settings.publicUrl)
      : [unknown("webhook/unread", `its configuration cannot be read: ${reading.why}`)];
  return [...configuration, ...(await examineDeliveries(app))];
}

/** Whether this server, at `publicUrl` if that is set, can take what GitHub is configured to send. */
export function examineConfiguration(hook: HookConfiguration, publicUrl?: string): readonly Diagnosis[] {
  const { url, contentType, signed, checksCertificate } = hook;
  if (url === undefined || !URL.canParse(url))
    return [failure("webhook/no-url", "GitHub has no URL to deliver webhooks to", `set it in ${WHERE}`)];
  const { protocol, host, pathname } = new URL(url);
  const shown = `${protocol}//${host}${pathname}`;
  const troubles = [
    ...wrongAddress(shown, pathname, publicUrl),
    ...(signed
      ? []
      : [
          failure(
            "webhook/unsigned",
            "GitHub has no secret to sign webhooks with, so the server refuses all of them",
            `set the secret in ${WHERE} to that of WEBHOOK_SECRET`,
          ),
        ]),
    ...(contentType === "json"
      ? []
      : [
          failure(
            "webhook/content-type",
            `GitHub delivers webhooks as ${contentType}, which the server does not read`,
            "set the content type of the App's webhook to json (PATCH /app/hook/config)",
          ),
        ]),
    ...(protocol === "https:" && !checksCertificate
      ? [
          warning(
            "webhook/certificate",
            `GitHub does not check the certificate of ${host}: webhooks can be read on their way`,
            `enable SSL verification in ${WHERE}`,
          ),
        ]
      : []),
    ...(protocol === "https:" || isLoopback(url)
      ? []
      : [warning("webhook/unencrypted", `webhooks travel unencrypted to ${shown}`, "put TLS in front of the server")]),
  ];
  return troubles.some(({ state }) => state === "failure")
    ? troubles
    : [ok("webhook/configured", `GitHub delivers webhooks to ${shown}, signed, as JSON`), ...troubles];
}

function wrongAddress(shown: string, pathname: string, publicUrl: string | undefined): readonly Diagnosis[] {
  if (publicUrl !== undefined) {
    const own = new URL(`${publicUrl}${WEBHOOK_PATH}`).href;
    if (shown === own) return [];
    return [
      warning(
        "webhook/other-address",
        `GitHub delivers to ${shown}, and by PUBLIC_URL this server is at ${own}`,
        `correct the URL in ${WHERE}, or PUBLIC_URL, unless both lead here`,
      ),
    ];
  }
  if (pathname === WEBHOOK_PATH) return [];
  return [
    warning(
      "webhook/path",
      `GitHub delivers to ${shown}, and the server listens on ${WEBHOOK_PATH}`,
      `unless a proxy in front of it rewrites the path, correct the URL in ${WHERE}`,
    ),
  ];
}
