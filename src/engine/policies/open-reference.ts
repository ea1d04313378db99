import type { PolicyReference } from "../../config/policy-reference.ts";
import type { RemoteOutcome, RemoteReference } from "../../model/remotes.ts";
import type { Tree } from "../../model/tree.ts";

/** Thrown where a server with policies does not answer: nothing is known of the rules then, and it is to be tried again. */
export class PoliciesUnanswered extends Error {
  override readonly name = "PoliciesUnanswered";
}

/** Fetches what a reference of the rules names. */
export type FetchReference = (reference: RemoteReference) => Promise<RemoteOutcome>;

/** The files that a reference names, or why they cannot be had. */
export type Opened =
  | { readonly kind: "found"; readonly tree: Tree }
  | { readonly kind: "failed"; readonly message: string };

/** Fetches the files that a reference names; an archive is not unpacked yet. Throws PoliciesUnanswered where a server does not answer. */
export async function openReference({ written, remote }: PolicyReference, fetch: FetchReference): Promise<Opened> {
  const outcome = await fetch(remote);
  switch (outcome.kind) {
    case "absent":
    case "refused":
      return { kind: "failed", message: outcome.message };
    case "unanswered":
      throw new PoliciesUnanswered(`${written}: ${outcome.message}`);
    case "found":
      return { kind: "found", tree: outcome.content.tree };
    default:
      return outcome satisfies never;
  }
}

/** The files of an archive. */
export async function unpacked(bytes: Uint8Array, what: string): Promise<Opened> {
  const [{ unpackArtifact }, { defaultLimits }] = await Promise.all([
    import("../../remote/archive/unpack-artifact.ts"),
    import("../../remote/limits.ts"),
  ]);
  try {
    return { kind: "found", tree: await unpackArtifact(bytes, what, defaultLimits) };
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
