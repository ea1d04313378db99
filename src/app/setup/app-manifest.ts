import { EVENTS, PERMISSIONS } from "../doctor/registration.ts";

/** GitHub's limit for the name of an App, which no other App may have. */
const LONGEST_NAME = 34;

/** The registration of an App as GitHub's manifest flow takes it, with what app.yml asks for. */
export function appManifest(app: {
  readonly name: string;
  readonly publicUrl: string;
  readonly redirectUrl: string;
}): object {
  return {
    name: app.name.slice(0, LONGEST_NAME),
    url: app.publicUrl,
    description: "Judges every pull request of a GitOps repository by the state that would exist after the merge.",
    hook_attributes: { url: `${app.publicUrl}/api/github/webhooks`, active: true },
    redirect_url: app.redirectUrl,
    public: false,
    default_permissions: Object.fromEntries(
      Object.entries(PERMISSIONS).map(([name, { level = "read" }]) => [name, level]),
    ),
    default_events: Object.keys(EVENTS),
  };
}
