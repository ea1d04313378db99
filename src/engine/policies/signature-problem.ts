import { referenceAddress } from "../../config/policy-reference.ts";
import type { RequiredSignature } from "../../model/config.ts";
import type { RemoteReference } from "../../model/remotes.ts";
import type { Tree } from "../../model/tree.ts";
import { compilePathGlob } from "../../render/glob/path-glob.ts";
import { bundleSignatureProblem } from "./bundle-signature.ts";
import { cosignProblem } from "./cosign-signature.ts";
import type { FetchReference } from "./open-reference.ts";

/** What may have to be signed: a reference of the rules, or an archive in the tree. */
export interface Signable {
  readonly written: string;
  /** Absent for an archive in the tree. */
  readonly remote?: RemoteReference;
  /** Its files. */
  readonly tree: Tree;
}

/** What checking signatures takes. */
export interface SignatureMeans {
  readonly signatures: readonly RequiredSignature[];
  readonly fetch: FetchReference;
  /** Reads a file that they name. */
  readonly read: (path: string) => Promise<Uint8Array>;
}

/** Why something is not signed as the configuration asks for; undefined where it is, or where nothing is asked. */
export async function signatureProblem(of: Signable, means: SignatureMeans): Promise<string | undefined> {
  const address = referenceAddress(of.written);
  for (const { policies, key, cosign } of means.signatures) {
    if (compilePathGlob(policies)?.(address) === false) continue;
    if (of.remote?.kind === "git")
      return `signatures: asks for a signature (${policies}), and no commit of Git is signed so; expected a bundle or an OCI artifact`;
    const problem =
      key !== undefined
        ? await bundleSignatureProblem(of.tree, key)
        : cosign !== undefined
          ? await cosignProblem(of, cosign, means)
          : "signatures: names no signer";
    if (problem !== undefined) return problem;
  }
  return undefined;
}
