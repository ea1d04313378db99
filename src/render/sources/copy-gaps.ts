import { sha256, sha256OfBytes } from "../../manifest/sha256.ts";
import type { Gap, Source } from "../../model/source.ts";
import { isOf, type VendoredCopy } from "../charts/vendored-chart.ts";
import type { LockedChart, VendorLock } from "../charts/vendor-lock.ts";
import { contentId } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Baseline, KnownCopy } from "../gitops.ts";
import { normalizedUrl } from "../repository-url.ts";

/** A copy, and a source that renders it. */
interface CopyUse {
  readonly copy: VendoredCopy;
  readonly source: Source;
}

interface CopyContext {
  readonly files: TreeFiles;
  readonly lock: VendorLock | undefined;
  readonly baseline: Baseline | undefined;
}

/** The copies that sources render, each with a digest of its content. */
export function knownCopies(copies: readonly VendoredCopy[], files: TreeFiles): readonly KnownCopy[] {
  const each = new Map(copies.map((copy) => [JSON.stringify(copy), copy]));
  return [...each.values()].map((copy) => ({ ...copy, content: contentOf(copy.path, files) }));
}

/**
 * Gaps for copies that may not be what they stand for, since nothing is fetched to compare them with: one that changes while
 * the version stays, one that is taken for the chart of another repository, one that is taken for the charts of several, and
 * one that the lock does not vouch for.
 */
export async function copyGaps(uses: readonly CopyUse[], context: CopyContext): Promise<readonly Gap[]> {
  const digests = new Map<string, Promise<string>>();
  const digestOf = (path: string): Promise<string> => {
    const digest = digests.get(path) ?? lockDigest(path, context.files);
    digests.set(path, digest);
    return digest;
  };
  const gaps: Gap[] = [];
  for (const use of uses) {
    const changed = await againstBaseline(use, digestOf, context);
    gaps.push(...(changed.length > 0 ? changed : againstOthers(use, uses, context)));
    gaps.push(...(await againstLock(use, digestOf, context)));
  }
  return gaps;
}

type DigestOf = (path: string) => Promise<string>;

async function againstBaseline(
  { copy, source }: CopyUse,
  digestOf: DigestOf,
  { files, baseline }: CopyContext,
): Promise<readonly Gap[]> {
  if (baseline === undefined) return [];
  const content = contentOf(copy.path, files);
  const inputs = sha256(JSON.stringify([copy, content]));
  const same = baseline.copies.filter((known) => isSameOrigin(known, copy) && known.version === copy.version);
  const changed = same.length > 0 && same.every((known) => known.content !== content);
  // A copy is of one repository: another may have anything under the same name.
  const others = baseline.copies.filter(
    (known) => known.name === copy.name && (known.path === copy.path || known.content === content),
  );
  const [other] = others.some((known) => isSameOrigin(known, copy)) || copy.name === "" ? [] : others;
  if (!changed && other === undefined) return [];
  // What the gated branch has recorded beforehand counts.
  const recorded = entriesOf(baseline.lock, copy).map(({ digest }) => digest);
  if (recorded.length > 0 && recorded.includes(await digestOf(copy.path))) return [];
  if (changed)
    return [
      {
        ...placeOf(copy.path, files),
        reason: `it is to stand for ${shown(copy)} as before, but its content changes`,
        inputs,
      },
    ];
  const { id, path, line } = source;
  const reason = `${shown(copy)} is only in a registry, and its copy ${copy.path} was of ${other?.repository || "no repository"} before`;
  return [{ source: id, path, line, reason, inputs }];
}

/** Without a lock, nothing tells whose chart a copy is that stands for those of several repositories. */
function againstOthers(
  { copy, source }: CopyUse,
  uses: readonly CopyUse[],
  { files, lock, baseline }: CopyContext,
): readonly Gap[] {
  if (lock !== undefined || copy.name === "") return [];
  const known = (baseline?.copies ?? []).filter(({ path }) => path === copy.path);
  const isKnown = (one: VendoredCopy): boolean => known.some((before) => isSameOrigin(before, one));
  // What a change makes the copy stand for is its own doubt, not one about what it stood for before.
  const [other] = uses
    .map((use) => use.copy)
    .filter((one) => one.path === copy.path && !isSameOrigin(one, copy) && (isKnown(one) || !isKnown(copy)))
    .toSorted((one, two) => (one.repository < two.repository ? -1 : 1));
  if (other === undefined) return [];
  const { id, path, line } = source;
  const reason = `${shown(copy)} is only in a registry, and its copy ${copy.path} is taken for that of ${other.repository || "no repository"} too: record whose it is in a lock`;
  return [{ source: id, path, line, reason, inputs: sha256(JSON.stringify([copy, contentOf(copy.path, files)])) }];
}

async function againstLock(
  { copy }: CopyUse,
  digestOf: DigestOf,
  { files, lock }: CopyContext,
): Promise<readonly Gap[]> {
  if (lock === undefined || copy.name === "") return [];
  const entries = entriesOf(lock, copy);
  const digest = await digestOf(copy.path);
  if (entries.some((entry) => entry.digest === digest)) return [];
  const [entry] = entries;
  const reason =
    entry === undefined
      ? `${lock.path} does not record ${shown(copy)}`
      : `${lock.path} records ${entry.digest} for ${shown(copy)}, and the content has ${digest}`;
  return [{ ...placeOf(copy.path, files), reason, inputs: sha256(JSON.stringify([copy, digest, entries])) }];
}

function entriesOf(lock: VendorLock | undefined, copy: VendoredCopy): readonly LockedChart[] {
  return (lock?.charts ?? []).filter((entry) => isOf(entry, copy) && entry.version === copy.version);
}

function isSameOrigin(one: VendoredCopy, other: VendoredCopy): boolean {
  return one.name === other.name && normalizedUrl(one.repository) === normalizedUrl(other.repository);
}

function shown({ name, version, repository }: VendoredCopy): string {
  return name === "" ? repository : `chart ${name} ${version} of ${repository || "no repository"}`;
}

/** The copy itself: its archive or file, or the Chart.yaml or kustomization of its directory. */
function placeOf(path: string, files: TreeFiles): Pick<Gap, "source" | "path" | "line"> {
  const names = ["Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization"];
  const inner = names.map((name) => `${path}/${name}`).find((one) => files.fileAt(one) !== undefined);
  return { source: path, path: inner ?? path, line: 1 };
}

function contentOf(path: string, files: TreeFiles): string {
  const file = files.fileAt(path);
  if (file !== undefined) return contentId(file) ?? "";
  const below = files.filesBelow(path).map((inner) => [inner.slice(path.length), contentId(files.fileAt(inner)) ?? ""]);
  return sha256(JSON.stringify(below));
}

/** The digest that a lock records: of the archive's bytes, or of the list that `sha256sum` prints for a directory's files. */
async function lockDigest(path: string, files: TreeFiles): Promise<string> {
  const archive = files.fileAt(path);
  const paths = archive === undefined ? files.filesBelow(path) : [path];
  const bytes = await files.read(paths);
  const digests = paths.map((one) => {
    const held = bytes.get(one);
    return [one.slice(path.length + 1), held === undefined ? "unreadable" : sha256OfBytes(held)] as const;
  });
  if (archive !== undefined) return `sha256:${digests[0]?.[1] ?? ""}`;
  const sorted = digests.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `sha256:${sha256(sorted.map(([name, digest]) => `${digest}  ${name}\n`).join(""))}`;
}
