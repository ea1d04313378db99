import type { Installation } from "../../github/app-calls.ts";
import type { Diagnosis } from "../../model/diagnosis.ts";
import type { Clinic } from "./clinic.ts";
import { failure, ok, unknown, warning } from "./diagnosis.ts";
import { lacksOf } from "./registration.ts";

/** Whether accounts have accepted what the App needs, and none has suspended it. */
export async function examineInstallations(clinic: Clinic): Promise<readonly Diagnosis[]> {
  const reading = await clinic.installations();
  if (reading.kind === "unread") return [unknown("installations/unread", `they cannot be listed: ${reading.why}`)];
  const all = reading.value;
  if (all.length === 0)
    return [
      failure(
        "installations/none",
        "the App is installed on no account",
        "install it: App settings → Install App, then choose the repositories",
      ),
    ];
  const troubled = all.flatMap(troublesOf);
  const sound = all.filter((installation) => troublesOf(installation).length === 0);
  return [...(sound.length === 0 ? [] : [ok("installations/accepted", soundText(sound))]), ...troubled];
}

const MOST_NAMED = 5;

function soundText(sound: readonly Installation[]): string {
  const names = sound.slice(0, MOST_NAMED).map(({ account }) => account);
  const more = sound.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}: installed with all permissions and events of app.yml`;
}

function troublesOf({ account, suspended, permissions, events }: Installation): readonly Diagnosis[] {
  if (suspended)
    return [
      warning(
        "installations/suspended",
        `${account} has suspended the App: nothing there is judged, and checks that are required never come`,
        "unsuspend it in the settings of that installation, or uninstall it and drop the requirement",
      ),
    ];
  return lacksOf(permissions, events).map(({ what, without, state }) => ({
    code: "installations/lacking",
    state,
    found: `${account} has not granted the ${what}; without it ${without}`,
    next: `an owner of ${account} accepts it: Settings → GitHub Apps → Configure → Review request`,
  }));
}
