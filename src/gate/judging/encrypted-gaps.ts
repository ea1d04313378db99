import { encryptedFields, isSops } from "../../manifest/encrypted.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Gap } from "../../model/source.ts";

/** The most fields that a reason names. */
const named = 3;

/**
 * A gap for every manifest with values that SOPS encrypted: what the cluster gets there is not known. Of a Secret nothing is
 * judged but its structure. `sealed`: SOPS encrypted the file as a whole.
 */
export function encryptedGaps(source: string, manifests: readonly Manifest[], sealed = false): readonly Gap[] {
  return manifests.flatMap(({ identity: { group, kind, namespace, name }, value, position: { path, line } }) => {
    if ((group === "" && kind === "Secret") || !(sealed || isSops(value))) return [];
    const fields = encryptedFields(value);
    if (fields.length === 0) return [];
    const shown = fields.slice(0, named).join(", ");
    const more = fields.length > named ? ` and ${fields.length - named} more` : "";
    const object = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
    const reason = `${object} has values that SOPS encrypted: ${shown}${more}`;
    return [{ source, path, line, reason, inputs: sha256(toJsonText(value)) }];
  });
}
