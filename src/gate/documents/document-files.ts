import type { DocumentsEntry } from "../../model/config.ts";
import type { ParserName } from "../../model/document-parser.ts";
import type { TreeEntry } from "../../model/tree.ts";
import { matcher } from "../../render/files/scope.ts";
import { parserOfPath } from "../../model/parser-of-path.ts";

/** A file that an entry of `documents:` judges. */
export interface DocumentFile {
  /** The number of the entry. */
  readonly entry: number;
  readonly file: TreeEntry;
  /** Absent: the entry names none, and the file's name tells none. */
  readonly parser: ParserName | undefined;
}

/** The files of a tree that entries of `documents:` match, each for every entry. `isMeant`: whether it is to be judged at all. */
export function documentFiles(
  documents: readonly DocumentsEntry[],
  entries: readonly TreeEntry[],
  isMeant: (path: string) => boolean,
): readonly DocumentFile[] {
  return documents.flatMap(({ files, parser }, entry) => {
    const matches = matcher(files);
    return entries
      .filter(({ kind, path }) => kind !== "submodule" && matches(path) && isMeant(path))
      .map((file) => ({ entry, file, parser: parser ?? parserOfPath(file.path) }));
  });
}
