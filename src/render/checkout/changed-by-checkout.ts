import { sha256 } from "../../manifest/sha256.ts";
import type { Gap } from "../../model/source.ts";
import { contentId } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { attributesOf, readAttributes, type Attribute } from "./attributes.ts";

/** How a file of Git LFS starts, under any name that it had, which a checkout replaces by what it points to. */
const pointer = /^\s*version [^\n]*(?:git-lfs|hawser|git-media)/;

/**
 * The gaps for files whose bytes in a checkout are not those in the repository, by `.gitattributes`: tools read a checkout.
 * `paths`: the files that are judged or read.
 */
export async function changedByCheckout(files: TreeFiles, paths: Iterable<string>): Promise<readonly Gap[]> {
  const written = [...files.entries.values()].filter(
    ({ path, kind }) => kind === "file" && /(?:^|\/)\.gitattributes$/.test(path),
  );
  if (written.length === 0) return [];
  const texts = await files.read(written.map(({ path }) => path));
  const of = attributesOf([...texts].map(([path, bytes]) => readAttributes(path, new TextDecoder().decode(bytes))));
  const real = new Set([...paths].flatMap((path) => files.fileAt(path)?.path ?? []));
  const changes = [...real].toSorted().flatMap((path) => {
    const change = changeBy(of(path));
    return change === undefined ? [] : [{ path, ...change }];
  });
  const contents = await files.read(changes.filter(({ where }) => where !== undefined).map(({ path }) => path));
  return changes.flatMap(({ path, reason, at, where }) => {
    const bytes = contents.get(path);
    if (where !== undefined && (bytes === undefined || !where(new TextDecoder("latin1").decode(bytes)))) return [];
    const inputs = sha256(JSON.stringify([path, contentId(files.fileAt(path)) ?? null, reason]));
    return [{ source: path, path: at.path, line: at.line, reason, inputs }];
  });
}

interface Change {
  readonly reason: string;
  readonly at: Attribute;
  /** Only content of this kind is changed. */
  readonly where?: (content: string) => boolean;
}

function changeBy(attributes: ReadonlyMap<string, Attribute>): Change | undefined {
  const encoding = attributes.get("working-tree-encoding");
  if (encoding?.value === true || encoding?.value === false)
    return { at: encoding, reason: "a checkout fails: working-tree-encoding needs the name of an encoding" };
  if (encoding?.value !== undefined && !/^(?:utf-?8)?$/i.test(encoding.value))
    return { at: encoding, reason: `a checkout has other bytes: it is encoded as ${encoding.value}` };
  const filter = attributes.get("filter");
  const name = typeof filter?.value === "string" ? filter.value : "";
  if (filter !== undefined && name === "lfs")
    return {
      at: filter,
      reason: "its content is in Git LFS: the repository has a pointer to it",
      where: (content) => pointer.test(content),
    };
  // What git-crypt encrypted is refused where it is read; it leaves anything else alone.
  if (filter !== undefined && name !== "" && name !== "git-crypt")
    return { at: filter, reason: `a checkout may have other bytes: it passes the filter ${name}` };
  const ident = attributes.get("ident");
  if (ident?.value === true)
    return {
      at: ident,
      reason: "a checkout has other bytes: $Id$ is filled in",
      where: (content) => content.includes("$Id"),
    };
  const [eol, text] = [attributes.get("eol"), attributes.get("text")];
  if (eol?.value === "crlf" && text?.value !== false)
    return {
      at: eol,
      reason: "a checkout has other bytes: its lines end with CRLF",
      where: (content) => /(?:^|[^\r])\n/.test(content),
    };
  return undefined;
}
