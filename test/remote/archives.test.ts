import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { unpackArtifact } from "../../src/remote/archive/unpack-artifact.ts";
import { unpackChart } from "../../src/remote/archive/unpack-chart.ts";
import { RemoteFailure } from "../../src/remote/failure.ts";
import { defaultLimits, type RemoteLimits } from "../../src/remote/limits.ts";
import type { Tree } from "../../src/model/tree.ts";
import { tar, tgz, type TarEntry } from "../support/remote-servers/archives.ts";

type Unpack = (packed: Uint8Array, what: string, limits: RemoteLimits) => Promise<Tree>;

/** The files as text, or what is wrong. */
async function unpacked(unpack: Unpack, packed: Uint8Array, limits: Partial<RemoteLimits> = {}): Promise<unknown> {
  try {
    const tree = await unpack(packed, "it", { ...defaultLimits, ...limits });
    const texts = (await tree.list()).map(async ({ path }) => [path, new TextDecoder().decode(await tree.read(path))]);
    return Object.fromEntries(await Promise.all(texts));
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    return `${error.kind}: ${error.message}`;
  }
}

const chartYaml: TarEntry = { path: "web/Chart.yaml", content: "name: web" };
const chart = async (entries: readonly TarEntry[], limits?: Partial<RemoteLimits>): Promise<unknown> =>
  unpacked(unpackChart, tgz([chartYaml, ...entries]), limits);
const artifact = async (entries: readonly TarEntry[]): Promise<unknown> => unpacked(unpackArtifact, tgz(entries));

test.each<[name: string, entries: readonly TarEntry[], files: { readonly [path: string]: string }]>([
  [
    "directories",
    [
      { path: "web/templates/", type: "5" },
      { path: "web/templates/a.yaml", content: "a" },
    ],
    { "templates/a.yaml": "a" },
  ],
  ["another directory", [{ path: "other/a.yaml", content: "a" }], { "a.yaml": "a" }],
  ["odd paths", [{ path: "./web//./a.yaml", content: "a" }], { "a.yaml": "a" }],
  [
    "a path twice",
    [
      { path: "web/a", content: "1" },
      { path: "web/a", content: "2" },
    ],
    { a: "2" },
  ],
  ["a symbolic link", [{ path: "web/a", type: "2", link: "/etc/passwd" }], { a: "" }],
  ["a hard link", [{ path: "web/a", type: "1", link: "web/Chart.yaml" }], { a: "" }],
  ["a device", [{ path: "web/a", type: "3" }], { a: "" }],
  [
    "names of objects' own members",
    [
      { path: "web/__proto__", content: "a" },
      { path: "web/constructor", content: "b" },
    ],
    { ["__proto__"]: "a", constructor: "b" },
  ],
])("a chart with %s", async (_, entries, files) => {
  expect(await chart(entries)).toEqual({ "Chart.yaml": "name: web", ...files });
});

test.each<[name: string, entries: readonly TarEntry[], message: string]>([
  ["a path that leaves it", [{ path: "web/../../a" }], "absent: it has a path that leaves it: web/../../a"],
  [
    "a path that leaves it and comes back",
    [{ path: "web/../web/a" }],
    "absent: it has a path that leaves it: web/../web/a",
  ],
  ["an absolute path", [{ path: "/etc/passwd" }], "absent: it has a path that is absolute: /etc/passwd"],
  ["a drive", [{ path: "c:/web/a" }], "absent: it has a path that is absolute: c:/web/a"],
  ["backslashes", [{ path: "web\\..\\..\\a" }], "absent: it has a path with a backslash: web\\..\\..\\a"],
  ["a file beside its directory", [{ path: "a" }], "absent: it has a file beside the chart's directory: a"],
  [
    "a file that is a directory",
    [{ path: "web/a", content: "1" }, { path: "web/a/b" }],
    "absent: it has a as a file and as a directory",
  ],
  [
    "an unknown type",
    [{ path: "web/a", type: "S" }],
    "absent: it has an entry that is not read, web/a of type Unsupported",
  ],
])("a chart with %s is none", async (_, entries, message) => {
  expect(String(await chart(entries)).replace(/of type .*/, "of type Unsupported")).toBe(message);
});

test("what is not a chart's archive", async () => {
  const of = async (packed: Uint8Array): Promise<unknown> => unpacked(unpackChart, packed);
  expect(await of(tgz([{ path: "web/values.yaml" }]))).toBe("absent: it is not a chart: it has no Chart.yaml");
  expect(await of(Buffer.from("<html>"))).toBe("absent: it is not an archive compressed by gzip");
  expect(await of(new Uint8Array())).toBe("absent: it is not an archive compressed by gzip");
  expect(await of(tar([chartYaml]))).toBe("absent: it is not an archive compressed by gzip");
  expect(await of(gzipSync(gzipSync(tar([chartYaml]))))).toBe("absent: it holds no tar archive");
  expect(await of(gzipSync("no archive at all"))).toMatch(/^absent: it is not an archive: /);
  expect(await of(tgz([chartYaml]).subarray(0, 60))).toMatch(/^absent: it is not an archive: /);
  expect(
    await of(gzipSync(tar([chartYaml, { path: "web/a", content: "x".repeat(2_000) }]).subarray(0, 2_048))),
  ).toMatch(/^absent: it is not an archive: /);
});

test("a header that was changed is not believed", async () => {
  const bytes = tar([chartYaml, { path: "web/a", content: "a" }]);
  bytes[1_024] = "x".charCodeAt(0);
  expect(await unpacked(unpackChart, gzipSync(bytes))).toMatch(/^absent: it is not an archive: .*checksum/);
});

test("long names, as all writers of archives have them", async () => {
  const long = `web/${"a".repeat(150)}/${"b".repeat(150)}.yaml`;
  const pax = (path: string): string => {
    const rest = ` path=${path}\n`;
    const length = rest.length + 3;
    return `${length}${rest}`;
  };
  const expected = { "Chart.yaml": "name: web", [long.slice(4)]: "a" };
  expect(
    await chart([
      { path: "x", type: "x", content: pax(long) },
      { path: "web/short", content: "a" },
    ]),
  ).toEqual(expected);
  expect(
    await chart([
      { path: "x", type: "L", content: `${long}\0` },
      { path: "web/short", content: "a" },
    ]),
  ).toEqual(expected);
  const evil = [
    { path: "x", type: "x", content: pax(`web/${"a/".repeat(50)}../../../${"../".repeat(60)}etc`) },
    { path: "web/short" },
  ];
  expect(await chart(evil)).toMatch(/^absent: it has a path that leaves it/);
  expect(await chart([{ path: "x", type: "L", content: "a".repeat(2_000_000) }, { path: "web/short" }])).toMatch(
    /^absent: it has an entry that is not read/,
  );
  expect(await chart([{ path: "x", type: "x", content: "26 GNU.sparse.major=1\n" }, { path: "web/a" }])).toBe(
    "absent: it has sparse files",
  );
});

test("bombs", async () => {
  const zeros = gzipSync(Buffer.alloc(30_000_000));
  expect(zeros.length).toBeLessThan(100_000);
  expect(await unpacked(unpackChart, zeros, { unpackedBytes: 2_000_000 })).toMatch(/^absent: it is not an archive: /);
  const large = { path: "web/a", content: Buffer.alloc(3_000_000) };
  expect(await chart([large], { unpackedBytes: 2_000_000 })).toBe("refused: it unpacks to more than 2 MB");
  const many = Array.from({ length: 50 }, (_, at) => ({ path: `web/${at}/`, type: "5" }));
  expect(await chart(many, { files: 40 })).toBe("refused: it has more than 40 files");
});

test("an artifact is its files, without symbolic links", async () => {
  const entries = [
    { path: "./", type: "5" },
    { path: "./a.yaml", content: "a" },
    { path: "./link", type: "2", link: "a.yaml" },
    { path: "dir/b.yaml", content: "b" },
  ];
  expect(await artifact(entries)).toEqual({ "a.yaml": "a", "dir/b.yaml": "b" });
  expect(await artifact([{ path: "a", type: "3" }])).toBe("absent: it has what is neither file nor directory: a");
  expect(await artifact([{ path: "../a" }])).toBe("absent: it has a path that leaves it: ../a");
});
