import type { Diagnosis } from "../../model/diagnosis.ts";
import type { Clinic } from "./clinic.ts";
import { failure, ok, unknown, warning, type Reading } from "./diagnosis.ts";
import { excessOf, lacksOf } from "./registration.ts";

/** Whether GitHub accepts the key, and whether the App is registered as app.yml says. */
export async function examineApp(clinic: Clinic): Promise<readonly Diagnosis[]> {
  const { appId } = clinic.settings;
  const reading = await clinic.registration();
  if (reading.kind === "unread") return [refusal(reading, clinic.settings)];
  const { slug, owner, permissions, events } = reading.value;
  const lacks = lacksOf(permissions, events);
  const excess = excessOf(permissions);
  const settings = "in the App's settings; each installation must then accept them";
  return [
    ok("app/credentials", `GitHub knows this key as that of the App ${slug} (${appId}) of ${owner}`),
    ...lacks.map(({ what, without, state }) => ({
      code: "app/lacking",
      state,
      found: `the App is registered without the ${what}; without it ${without}`,
      next: `add it under Permissions & events ${settings}`,
    })),
    ...(lacks.length === 0
      ? [ok("app/registration", "it is registered with all permissions and events of app.yml")]
      : []),
    ...(excess.length > 0
      ? [
          warning(
            "app/excess",
            `the App may do more than it needs: ${excess.join(", ")}`,
            "take these permissions away in the App's settings",
          ),
        ]
      : []),
  ];
}

function refusal(
  { why, status }: Extract<Reading<never>, { readonly kind: "unread" }>,
  { appId, apiUrl }: Clinic["settings"],
): Diagnosis {
  if (status === undefined) return unknown("app/credentials", `nothing is known of the App: ${why}`);
  if (status === 401)
    return failure(
      "app/credentials",
      `GitHub does not accept this private key for the App ${appId}: ${why}`,
      "check that APP_ID and the key belong to the same App, on the server of GITHUB_API_URL; generate a new key in the App's settings",
    );
  if (status === 404)
    return failure(
      "app/credentials",
      `GitHub knows no App ${appId} at ${apiUrl}: ${why}`,
      "check APP_ID, and GITHUB_API_URL: on GitHub Enterprise Server it ends in /api/v3",
    );
  return unknown("app/credentials", why, "try again later");
}
