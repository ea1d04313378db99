import type { TreeEntry } from "../../model/tree.ts";
import { contentId, unreadable } from "../files/content-id.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import { facts } from "../kept-values.ts";
import { readEach } from "../files/read-each.ts";
import { readFile, tooLarge } from "../files/read-file.ts";
import { isOfInterest } from "./objects-of-interest.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** Which files mention certain kinds of objects, by a text search of their bytes. */
export interface Mentions {
  /** Groups of Argo CD or Flux. */
  readonly gitOps: (entry: TreeEntry | undefined) => boolean;
  /** Objects that may apply directories of the tree, and not only charts. */
  readonly applies: (entry: TreeEntry | undefined) => boolean;
  /** CRDs. */
  readonly crds: (entry: TreeEntry | undefined) => boolean;
  /** ConfigMaps or Secrets. */
  readonly data: (entry: TreeEntry | undefined) => boolean;
  /** ConfigMaps and Secrets as where values come from. */
  readonly asksForData: (entry: TreeEntry | undefined) => boolean;
}

const [gitOps, data, asksForData, applies, crds] = [1, 2, 4, 8, 16];

/** Searches files for mentions, once for each content. */
export async function mentionsIn(
  entries: readonly TreeEntry[],
  files: TreeFiles,
  cache: DesiredStateRequest["cache"],
): Promise<Mentions> {
  const known = facts<number>(cache, "mentioned");
  const held = new Map<string, number>();
  const unread: TreeEntry[] = [];
  for (const entry of entries) {
    const id = contentId(entry);
    // A file that is unreadable or too large is reported where it is judged.
    if (id === undefined || id === unreadable || tooLarge(entry.size) !== undefined) continue;
    const found = known.get(id);
    if (found === undefined) unread.push(entry);
    else held.set(entry.path, found);
  }
  const ids = new Map(unread.map((entry) => [entry.path, contentId(entry)]));
  const decoder = new TextDecoder("latin1");
  for await (const reading of readEach(files.tree, [...ids.keys()])) {
    const id = ids.get(reading.path);
    if (reading.kind !== "bytes" || id === undefined) continue;
    const text = decoder.decode(reading.bytes);
    const found = spellsOtherwise(text)
      ? gitOps + data + asksForData + applies + crds
      : (mayHoldGitOps(text) ? gitOps : 0) +
        (text.includes("ConfigMap") || text.includes("Secret") ? data : 0) +
        (text.includes("substituteFrom") || text.includes("valuesFrom") ? asksForData : 0) +
        (APPLIES.some((start) => namesGroup(text, start)) ? applies : 0) +
        (text.includes("CustomResourceDefinition") ? crds : 0);
    known.set(id, found, 100);
    held.set(reading.path, found);
  }
  const asks = (what: number) => (entry: TreeEntry | undefined) => ((held.get(entry?.path ?? "") ?? 0) & what) !== 0;
  return {
    gitOps: asks(gitOps),
    applies: asks(applies),
    crds: asks(crds),
    data: asks(data),
    asksForData: asks(asksForData),
  };
}

/**
 * Whether a text may hold an object that a GitOps controller reads, the Deployment whose flags decide how Flux does, or the
 * label by which Argo CD knows the Secret of a cluster (a JSON patch writes it with `~1`).
 */
function mayHoldGitOps(text: string): boolean {
  return (
    namesGroup(text, "argoproj.io") ||
    ["fluxcd.", "kustomize-controller", "helm-controller", "secret-type"].some((part) => text.includes(part))
  );
}

/** Where the `apiVersion` of objects that apply directories of the tree starts. */
const APPLIES = ["argoproj.io", "kustomize.toolkit.fluxcd", "fluxcd.controlplane"];

/**
 * Whether a text holds `start` where an API group can start. Within a longer name, as in `argocd.argoproj.io/sync-wave`,
 * it is no group: a scalar starts after a space, a quote or a bracket.
 */
function namesGroup(text: string, start: string): boolean {
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1))
    if (at === 0 || !IN_NAME.test(text.charAt(at - 1))) return true;
  return false;
}

const IN_NAME = /[\w.-]/;

/** Whether a file may mean a text that its bytes do not hold: by an escape, a tag (`!!binary`) or another encoding. */
function spellsOtherwise(text: string): boolean {
  // Searching for one character costs a tenth of the pattern.
  if (!text.includes("\\") && !text.includes("!") && !text.includes("\0")) return false;
  return /\\[xuU\r\n/]|!!|!<|\0/.test(text);
}

/** The GitOps objects, ConfigMaps and Secrets in plain files, by path. */
export async function rawObjects(
  entries: readonly TreeEntry[],
  files: TreeFiles,
  cache: DesiredStateRequest["cache"],
): Promise<ReadonlyMap<string, readonly RenderedObject[]>> {
  const known = facts<readonly RenderedObject[]>(cache, "objects");
  const found = new Map<string, readonly RenderedObject[]>();
  const unread = new Map<string, TreeEntry>();
  for (const entry of entries) {
    const objects = known.get(`${contentId(entry)}\0${entry.path}`);
    if (objects === undefined) unread.set(entry.path, entry);
    else found.set(entry.path, objects);
  }
  for await (const reading of readEach(files.tree, [...unread.keys()])) {
    if (reading.kind !== "bytes") continue;
    const { manifests } = readFile(reading.path, reading.bytes);
    const objects = manifests
      .filter(({ identity }) => isOfInterest(identity))
      .map(({ identity, apiVersion, value, position }): RenderedObject => ({
        identity,
        apiVersion,
        value,
        position,
        document: position.document,
        pointer: position.pointer,
      }));
    known.set(
      `${contentId(unread.get(reading.path))}\0${reading.path}`,
      objects,
      200 + (objects.length > 0 ? 8 * reading.bytes.length : 0),
    );
    found.set(reading.path, objects);
  }
  return found;
}
