import { createHmac, randomUUID } from "node:crypto";
import type { Diagnosis } from "../../model/diagnosis.ts";
import type { Clinic } from "./clinic.ts";
import { attempt, failure, ok, unknown } from "./diagnosis.ts";

/**
 * Sends a signed `ping` to the URL that GitHub delivers webhooks to, from here. Only a server with the same secret accepts
 * it, and it does nothing there.
 */
export async function examinePing(clinic: Clinic): Promise<readonly Diagnosis[]> {
  const hook = await attempt(clinic.asApp().then((app) => app.readHookConfiguration()));
  if (hook.kind === "unread" || hook.value.url === undefined || !URL.canParse(hook.value.url))
    return [unknown("ping/no-url", "there is no URL to send a ping to")];
  const { url } = hook.value;
  const body = JSON.stringify({ zen: "portcullis doctor" });
  const signature = createHmac("sha256", clinic.settings.webhookSecrets[0] ?? "")
    .update(body)
    .digest("hex");
  const answer = await attempt(
    clinic.fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": randomUUID(),
        "x-hub-signature-256": `sha256=${signature}`,
      },
    }),
  );
  if (answer.kind === "unread")
    return [
      unknown(
        "ping/unreachable",
        `the webhook's URL does not answer from here: ${answer.why}`,
        "GitHub may reach it all the same: see how the last webhooks were answered",
      ),
    ];
  const { status } = answer.value;
  await answer.value.body?.cancel();
  if (status === 202) return [ok("ping/accepted", "a server with this secret answers at the webhook's URL")];
  if (status === 401)
    return [
      failure(
        "ping/wrong-secret",
        "the server at the webhook's URL has another WEBHOOK_SECRET",
        "start it with the secret of this environment, or correct the URL",
      ),
    ];
  return [
    failure(
      "ping/not-portcullis",
      `what answers at the webhook's URL answers ${status}, which is not Portcullis' answer to a ping`,
      "correct the URL, or the proxy in front of the server",
    ),
  ];
}
