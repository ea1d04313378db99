import { markup } from "./markup.ts";
import { documentOf } from "./document.ts";

/** What the page that leads to GitHub says and sends. */
export interface RegistrationForm {
  /** GitHub's page, with the state of this setup. */
  readonly action: string;
  /** JSON. */
  readonly manifest: string;
  readonly name: string;
  /** The host of GitHub. */
  readonly github: string;
}

/** The page whose button sends the manifest of an App to GitHub. */
export function renderRegistration({ action, manifest, name, github }: RegistrationForm): string {
  return documentOf(
    `Register ${name}`,
    markup`<header><h1>Register ${name}</h1></header>
<main>
<p>The button leads to ${github}, which shows the name of the App and asks you to confirm. Then you come back here.</p>
<form method="post" action="${action}">
<input type="hidden" name="manifest" value="${manifest}">
<p><button>Continue on ${github}</button></p>
</form>
<details><summary>What is asked for</summary><pre><code>${manifest}</code></pre></details>
</main>`,
  );
}
