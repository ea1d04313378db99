import { gzipSync } from "node:zlib";
import type { HelmRequest } from "../../src/model/renderer.ts";

/** Files of a chart by path; Chart.yaml is added where it is missing. */
function chartOf(files: { readonly [path: string]: string | Uint8Array }): Map<string, Uint8Array> {
  const all = { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", ...files };
  return new Map(Object.entries(all).map(([path, content]) => [path, Buffer.from(content)]));
}

/** A request for a chart of these files, released as `web` into `default`. */
export function requestOf(
  files: { readonly [path: string]: string | Uint8Array },
  more: Partial<HelmRequest> = {},
): HelmRequest {
  return { chart: chartOf(files), releaseName: "web", namespace: "default", values: [], ...more };
}

export interface ArchiveEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** The target of a symlink. */
  readonly link?: string;
  /** A size that the header claims. */
  readonly claims?: number;
}

/** A gzipped tar archive. */
export function archiveOf(entries: readonly ArchiveEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = "", link, claims }) => {
    const data = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${(claims ?? data.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write(link === undefined ? "0" : "2", 156);
    header.write(link ?? "", 157);
    header.write("ustar\x0000", 257);
    header.write("        ", 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
