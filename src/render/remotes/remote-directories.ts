import type { RemotesConfig } from "../../model/config.ts";
import type { RemoteOutcome, RemoteReference, Remotes } from "../../model/remotes.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { FetchedFiles } from "./fetched-files.ts";
import type { UnpermittedRemote } from "../../model/source.ts";
import { isPermitted, patternFor, urlOf } from "./permitted.ts";
import { directoryName, nameOf, referenceText } from "./reference-text.ts";

/** What a reference names, among the files that steps read. */
export interface FetchedDirectory {
  readonly kind: "found";
  readonly reference: RemoteReference;
  /** Of `FetchedFiles`. */
  readonly directory: string;
  readonly version: string;
  readonly digest: string;
  /** See `RemoteContent.stale`. */
  readonly stale?: true;
}

/** Why what a reference names is not at hand; `unpermitted`: the configuration does not let it be fetched. */
export type FailedFetch = Exclude<RemoteOutcome, { readonly kind: "found" }> & {
  readonly unpermitted?: UnpermittedRemote;
};

export type Fetching = FetchedDirectory | FailedFetch;

/** Fetches what the tree refers to. */
export interface RemoteDirectories {
  /** Absent where nothing is fetched at all. */
  fetch(reference: RemoteReference): Promise<Fetching | undefined>;
  /** The files of all that was fetched, by directory. */
  readonly added: ReadonlyMap<string, TreeFiles>;
  /** All that was asked for and permitted, whatever came of it, in a fixed order. */
  asked(): readonly RemoteReference[];
}

/** Makes the fetcher of a tree; `known`: what the tree before refers to. */
export function remoteDirectories(
  files: FetchedFiles,
  remotes: Remotes | undefined,
  config: RemotesConfig,
  known: readonly RemoteReference[] | undefined,
): RemoteDirectories {
  const asked = new Map<string, RemoteReference>();
  return {
    added: files.added,
    asked: () => [...asked].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, reference]) => reference),
    async fetch(reference) {
      if (remotes === undefined || config.fetch === "off") return undefined;
      const isGuarded = config.fetch === "any" && (await remotes.isGuarded?.(urlOf(reference))) === true;
      if (!isPermitted(reference, config, known, isGuarded)) return unpermitted(reference);
      asked.set(JSON.stringify(reference), reference);
      const outcome = await remotes.fetch(reference);
      if (outcome.kind !== "found") return outcome;
      const { version, digest, tree, stale } = outcome.content;
      const directory = await files.add(directoryName(reference, version, digest), tree);
      return { kind: "found", reference, directory, version, digest, ...(stale === undefined ? {} : { stale }) };
    },
  };
}

/** Why what may not be fetched is not, as words after its name. */
export const notPermitted =
  "is not fetched: nothing on the gated branch refers to it, and `remotes.allow` does not name it";

function unpermitted(reference: RemoteReference): FailedFetch {
  const text = referenceText(reference);
  const allow = patternFor(reference);
  return {
    kind: "refused",
    message: `${text} ${notPermitted}`,
    unpermitted: { reference: text, name: nameOf(reference), ...(allow === undefined ? {} : { allow }) },
  };
}
