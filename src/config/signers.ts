import type { ConfigError } from "./config-error.ts";
import type { Config } from "../model/config.ts";
import type { WrittenConfig } from "./fill-config.ts";

/** Errors for entries of `signatures:` that do not say whose signature they ask for. */
export function signerErrors({ signatures = [] }: WrittenConfig): readonly ConfigError[] {
  return signatures.flatMap(({ key, cosign }, index) => {
    const pointer = `/signatures/${index}`;
    if ((key === undefined) === (cosign === undefined))
      return [{ pointer, message: `"signatures[${index}]": expected either a key or cosign` }];
    const named = Object.keys(cosign ?? {})
      .toSorted()
      .join();
    if (cosign === undefined || named === "key" || named === "identity,issuer,trustedRoot") return [];
    const message = '"cosign": expected either a key, or identity, issuer and trustedRoot';
    return [{ pointer: `${pointer}/cosign`, message }];
  });
}

/** The files with trusted roots that `signatures:` names. */
export function trustedRoots({ signatures }: Config): readonly string[] {
  return signatures.flatMap(({ cosign }) =>
    cosign !== undefined && "trustedRoot" in cosign ? cosign.trustedRoot : [],
  );
}
