import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { chartArchive, tar, tgz, type TarEntry } from "../archives.ts";
import { chartOf, type Attack, type Plan, type Stage } from "./attack.ts";

const entry = (url: string, digest?: string): string =>
  `  web:\n  - name: web\n    version: 1.0.0\n${digest === undefined ? "" : `    digest: ${digest}\n`}    urls: ["${url}"]\n`;
const head = "apiVersion: v1\nentries:\n";

/** A repository that serves this index and this archive. */
async function repository(
  { serve }: Stage,
  index: string | Buffer,
  archive: Buffer = chartArchive("web", "1.0.0"),
  headers: { readonly [name: string]: string } = {},
): Promise<Plan> {
  const server = await serve(({ url }, response) =>
    url?.endsWith("/index.yaml") === true ? response.writeHead(200, headers).end(index) : response.end(archive),
  );
  return chartOf(server);
}

const index = (name: string, text: (stage: Stage) => string, expected: Attack["expected"]): Attack => ({
  name: `an index ${name}`,
  expected,
  prepare: async (stage) => repository(stage, text(stage)),
});

/** Indexes of Helm repositories that are not what they should be. */
export const indexAttacks: readonly Attack[] = [
  index("that is too large", ({ limits }) => `${head}${"#".repeat(limits.indexBytes)}`, ["refused", "is larger than"]),
  {
    name: "an index that inflates to too much",
    expected: ["refused", "is larger than"],
    prepare: async (stage) =>
      repository(stage, gzipSync(Buffer.alloc(3 * stage.limits.indexBytes)), undefined, { "content-encoding": "gzip" }),
  },
  index("that is nested deeply", ({ limits }) => `${head}  web: ${"[".repeat(limits.indexBytes / 2)}`, [
    "absent",
    /cannot be read|is nested/,
  ]),
  index(
    "as JSON that is nested deeply",
    ({ limits }) => `{"apiVersion":"v1","entries":{"web":${'{"a":'.repeat(limits.indexBytes / 8)}`,
    ["absent", "cannot be read"],
  ),
  index(
    "of aliases of aliases",
    () =>
      `apiVersion: v1\nx0: &x0 [a, a, a, a, a, a, a, a, a]\n${Array.from({ length: 60 }, (_, at) => `x${at + 1}: &x${at + 1} [${Array(9).fill(`*x${at}`).join(", ")}]\n`).join("")}entries:\n  web: *x60\n`,
    ["absent", /has no version of web|cannot be read/],
  ),
  index("with a list of a hundred thousand versions", () => `${head}  web:\n${"  - version: 1\n".repeat(100_000)}`, [
    "refused",
    "has more than 50000 versions of web, which are not read",
  ]),
  index(
    "with as much about one chart as may be read",
    ({ limits }) => `${head}  web:\n${"  - a\n".repeat((Math.min(limits.indexBytes, 16_000_000) - 100) / 6)}`,
    ["refused", "has more than 50000 versions of web"],
  ),
  index(
    "of one line without an end",
    ({ limits }) => `${head}  web: {${"a: b, ".repeat((limits.indexBytes - 100) / 6)}`,
    ["absent", /cannot be read|has no list/],
  ),
  index(
    "as JSON that is as large as may be",
    ({ limits }) =>
      `{"apiVersion":"v1","web":[${"[],".repeat((Math.min(limits.indexBytes, 16_000_000) - 100) / 3)}[]],"entries":{}}`,
    ["absent", "has no chart web"],
  ),
  index("that leads to file://", () => head + entry("file:///etc/passwd"), ["refused", "is not HTTPS"]),
  index("that leads to loopback", () => head + entry("https://127.0.0.1/x.tgz"), [
    "refused",
    "is not a public address",
  ]),
  index("that leads to a registry inside", () => head + entry("oci://127.0.0.1/web:1.0.0"), [
    "refused",
    "is not a public address",
  ]),
  index("with another digest than the chart's", () => head + entry("web.tgz", "ab".repeat(32)), [
    "absent",
    "and its server says",
  ]),
  {
    name: "an index that leads to another host",
    expected: ["absent", "is not an archive"],
    prepare: async (stage) => {
      const plan = await repository(stage, head + entry(`${stage.foreign.origin}/web.tgz`));
      return { ...plan, hosts: [...plan.hosts, `${stage.foreign.origin}/**`] };
    },
  },
];

const chartYaml: TarEntry = { path: "web/Chart.yaml", content: "name: web\nversion: 1.0.0\n" };

/** The header of an entry that claims a size. */
function claiming(size: string | Buffer): Buffer {
  const bytes = tar([chartYaml, { path: "web/a" }]);
  const at = 1_024;
  bytes.write("            ", at + 124);
  if (typeof size === "string") bytes.write(size, at + 124);
  else size.copy(bytes, at + 124);
  bytes.write("        ", at + 148);
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148);
  return gzipSync(bytes);
}

const pax = (path: string): TarEntry => {
  const rest = ` path=${path}\n`;
  const digits = String(rest.length).length;
  const length = rest.length + digits + (String(rest.length + digits).length > digits ? 1 : 0);
  return { path: "x", type: "x", content: `${length}${rest}` };
};

const archive = (name: string, expected: Attack["expected"], make: (stage: Stage) => Buffer): Attack => ({
  name: `an archive ${name}`,
  expected,
  prepare: async (stage) => {
    const bytes = make(stage);
    const digest = createHash("sha256").update(bytes).digest("hex");
    return repository(stage, head + entry("web.tgz", digest), bytes);
  },
});

const many = (count: number, entryOf: (at: number) => TarEntry): readonly TarEntry[] =>
  Array.from({ length: count }, (_, at) => entryOf(at));

/** Archives of charts that are bombs or lead elsewhere. */
export const archiveAttacks: readonly Attack[] = [
  archive("of zeros", ["absent", "is not an archive"], ({ limits }) =>
    gzipSync(Buffer.alloc(limits.unpackedBytes + 1_000_000)),
  ),
  archive("with a file of zeros", ["refused", "unpacks to more than"], ({ limits }) =>
    tgz([chartYaml, { path: "web/a", content: Buffer.alloc(limits.unpackedBytes) }]),
  ),
  archive("with zeros behind its end", ["found", "1 files of 25 bytes"], ({ limits }) =>
    gzipSync(Buffer.concat([tar([chartYaml]), Buffer.alloc(limits.unpackedBytes - 10_000)])),
  ),
  archive("of millions of empty parts", ["absent", "is not an archive|holds no tar archive"], ({ limits }) => {
    const empty = gzipSync("");
    return Buffer.concat(Array(Math.floor(limits.archiveBytes / empty.length)).fill(empty));
  }),
  archive("that claims eight gigabytes", ["absent", "is not an archive"], () => claiming("77777777777\0")),
  archive("that claims a size below zero", ["found", "2 files of 25 bytes"], () => claiming(Buffer.alloc(12, 0xff))),
  archive("with too many files", ["refused", "has more than"], ({ limits }) =>
    tgz([chartYaml, ...many(limits.files + 1, (at) => ({ path: `web/${at}` }))]),
  ),
  archive("with too many directories", ["refused", "has more than"], ({ limits }) =>
    tgz([chartYaml, ...many(limits.files + 1, (at) => ({ path: `web/${at}/`, type: "5" }))]),
  ),
  archive("of headers alone", ["refused", /unpacks to more than|has more than/], ({ limits }) =>
    tgz(many(limits.unpackedBytes / 1_024, () => pax("a"))),
  ),
  archive("with a path of a hundred thousand directories", ["absent", "has a path of more than 4096 characters"], () =>
    tgz([chartYaml, ...[1, 2, 3, 4].flatMap((at) => [pax(`web/${"a/".repeat(100_000)}${at}`), { path: "web/x" }])]),
  ),
  archive("with a path that leaves it", ["absent", "has a path that leaves it"], () =>
    tgz([chartYaml, { path: "web/../../etc/x" }]),
  ),
  archive("with a symbolic link to a file of this machine", ["found", "2 files of 25 bytes"], () =>
    tgz([chartYaml, { path: "web/a", type: "2", link: "/etc/passwd" }]),
  ),
  archive("with a hard link to a file of this machine", ["found", "2 files of 25 bytes"], () =>
    tgz([chartYaml, { path: "web/a", type: "1", link: "/etc/passwd" }]),
  ),
  archive("with a device", ["found", "2 files of 25 bytes"], () => tgz([chartYaml, { path: "web/a", type: "3" }])),
  archive("that is a zip file", ["absent", "is not an archive compressed by gzip"], () => Buffer.from("PK\x03\x04")),
];
