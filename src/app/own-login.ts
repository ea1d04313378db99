import type { Clients } from "../github/clients.ts";

/** An App is renamed rarely, and what it wrote gets its new login too. */
const KEPT_MILLISECONDS = 10 * 60_000;

/** Answers the login under which the App writes, read again after some minutes. `now` is in milliseconds. */
export function createOwnLogin(clients: Pick<Clients, "asApp">, now: () => number = Date.now): () => Promise<string> {
  let kept: { readonly login: string; readonly until: number } | undefined;
  return async () => {
    if (kept === undefined || kept.until < now()) {
      const { slug } = await (await clients.asApp()).readRegistration();
      kept = { login: `${slug}[bot]`, until: now() + KEPT_MILLISECONDS };
    }
    return kept.login;
  };
}
