import { gzipSync } from "node:zlib";

/** An entry of a tar archive, however odd. */
export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** Its type's letter: 0 a file, 1 a hard link, 2 a symbolic link, 3 a device, 5 a directory. */
  readonly type?: string;
  readonly link?: string;
}

/** A tar archive compressed by gzip. */
export function tgz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(tar(entries));
}

/** A tar archive, in the ustar format. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocks), Buffer.alloc(1_024)]);
}

/** A chart's archive. */
export function chartArchive(
  name: string,
  version: string,
  files: { readonly [path: string]: string | Uint8Array } = {},
): Buffer {
  const all = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
  return tgz(Object.entries(all).map(([path, content]) => ({ path: `${name}/${path}`, content })));
}

function blocks({ path, content = "", type = "0", link = "" }: TarEntry): readonly Buffer[] {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(type, 156);
  header.write(link, 157, 100);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}
