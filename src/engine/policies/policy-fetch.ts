import { readPolicyReference } from "../../config/policy-reference.ts";
import type { Config, RemotesConfig } from "../../model/config.ts";
import type { RemoteReference, Remotes } from "../../model/remotes.ts";
import { isPermitted } from "../../render/remotes/permitted.ts";
import type { ReferenceMeans } from "./referenced-policies.ts";

/** Makes what fetches the policies that a configuration names elsewhere. */
export type FetchFor = (config: Config) => ReferenceMeans["fetch"];

/** Opens what servers have, by the remotes that a configuration permits. */
type OpenRemotes = (config: RemotesConfig) => Remotes | undefined;

const off = { kind: "refused", message: "it is not fetched, since remotes.fetch is off" } as const;

/** Fetches the policies that rules of the gated branch name elsewhere: they were accepted with those names. */
export function trustedFetch(open: OpenRemotes): FetchFor {
  return ({ remotes }) => {
    const opened = open(remotes);
    return async (reference) => (opened === undefined ? off : opened.fetch(reference));
  };
}

/**
 * Fetches the policies that proposed rules name elsewhere, as far as the rules in force permit it: from the same places as
 * theirs, and what their `remotes.allow` names. `inForce` is absent where no rules are. A pull request cannot have the App ask any server that it likes.
 */
export function proposedFetch(open: OpenRemotes, inForce: Config | undefined): FetchFor {
  return () => {
    if (inForce === undefined) return async () => refusal;
    const { remotes } = inForce;
    const known = referencesOf(inForce);
    const opened = open(remotes);
    return async (reference) => {
      if (opened === undefined) return off;
      const guarded = (await opened.isGuarded?.("url" in reference ? reference.url : reference.repository)) ?? false;
      return isPermitted(reference, remotes, known, guarded) ? opened.fetch(reference) : refusal;
    };
  };
}

const refusal = {
  kind: "refused",
  message:
    "the rules in force neither take policies from there nor name it in remotes.allow, so it is not fetched for a proposal",
} as const;

function referencesOf({ extends: shared, policies }: Config): readonly RemoteReference[] {
  return [...shared, ...policies].flatMap((written) => {
    const reading = readPolicyReference(written);
    return reading?.kind === "reference" ? [reading.reference.remote] : [];
  });
}
