/** Files end to end, with the list that tells them apart: how they travel to a module. */
export interface PackedFiles {
  readonly list: readonly { readonly path: string; readonly size: number }[];
  readonly blob: Uint8Array;
}

export function packFiles(files: ReadonlyMap<string, Uint8Array>): PackedFiles {
  const list = [...files].map(([path, bytes]) => ({ path, size: bytes.length }));
  const blob = new Uint8Array(list.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const bytes of files.values()) {
    blob.set(bytes, at);
    at += bytes.length;
  }
  return { list, blob };
}
