const block = 512;

/** Packs files into a gzipped tar archive, as `archivedFiles` reads it. */
export async function packedFiles(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const parts = [...files].flatMap(([path, bytes]) => {
    const name = new TextEncoder().encode(path);
    // A longer name comes before its file, as GNU tar has it.
    return name.length <= 100 ? entry(name, "0", bytes) : [...entry(longLink, "L", name), ...entry(name, "0", bytes)];
  });
  const stream = new Blob([...parts, new Uint8Array(2 * block)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const longLink = new TextEncoder().encode("././@LongLink");

function entry(name: Uint8Array, type: string, bytes: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
  const header = new Uint8Array(block);
  const write = (at: number, text: string): void => header.set(new TextEncoder().encode(text), at);
  header.set(name.subarray(0, 100), 0);
  write(100, "0000644\0");
  write(108, "0000000\0");
  write(116, "0000000\0");
  write(124, `${bytes.length.toString(8).padStart(11, "0")}\0`);
  write(136, "00000000000\0");
  write(148, " ".repeat(8));
  write(156, type);
  write(257, "ustar\u000000");
  const sum = header.reduce((all, byte) => all + byte, 0);
  write(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return [header, new Uint8Array(bytes), new Uint8Array((block - (bytes.length % block)) % block)];
}
