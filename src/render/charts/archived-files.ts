/** The most bytes that an archive may unpack to, as in Helm. */
const mostBytes = 100 * 1024 * 1024;
const block = 512;

/** The regular files of a gzipped tar archive by path; undefined where it is none or too large: Helm tells what is wrong with it. */
export async function archivedFiles(bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const unpacked = await gunzip(bytes);
  if (unpacked === undefined) return undefined;
  const files = new Map<string, Uint8Array>();
  let longName: string | undefined;
  for (let at = 0; at + block <= unpacked.length;) {
    const header = unpacked.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(textIn(header, 124, 12).trim() || "0", 8);
    if (!Number.isInteger(size) || size < 0) return undefined;
    const content = unpacked.subarray(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    const type = textIn(header, 156, 1);
    if (type === "L") longName = textIn(content, 0, content.length);
    else if (type === "x") longName = /^\d+ path=(.*)$/m.exec(new TextDecoder().decode(content))?.[1];
    else {
      const prefix = textIn(header, 257, 5) === "ustar" ? textIn(header, 345, 155) : "";
      const short = textIn(header, 0, 100);
      const name = longName ?? (prefix === "" ? short : `${prefix}/${short}`);
      longName = undefined;
      if (type === "" || type === "0") files.set(name.replace(/^\.\//, ""), content);
    }
  }
  return files;
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
    for await (const part of stream as ReadableStream<Uint8Array>) {
      length += part.length;
      if (length > mostBytes) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function textIn(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}
