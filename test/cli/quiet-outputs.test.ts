import { readdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const FORMATS = ["pretty", "json", "sarif", "junit", "tap", "github", "markdown"];
const NOW = "2026-01-01T00:00:00Z";

describe("a Secret's values", () => {
  const canaries = ["canary-in-string-data", "canary-in-data", "canary-applied-last", "canary\nof two lines"];
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const applied = JSON.stringify({ apiVersion: "v1", kind: "Secret", data: { old: base64("canary-applied-last") } });
  const secret = `apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: ${JSON.stringify(applied)}
stringData:
  plain: canary-in-string-data
  lines: ${JSON.stringify(canaries[3])}
data: { token: ${base64("canary-in-data")} }
`;
  // Whatever a policy makes of the whole object, its parts and its lines, as messages, as metadata and as trouble.
  const policy = `package main

deny contains json.marshal(input) if input.kind == "Secret"
deny contains sprintf("%v", [input]) if input.kind == "Secret"
deny contains value if some value in input.stringData
deny contains base64.decode(value) if some value in input.data
warn contains {"msg": "see metadata", "details": input} if input.kind == "Secret"
warn contains annotation if some annotation in input.metadata.annotations
violation_broken contains {"msg": 7, "details": input.stringData.plain} if true
`;
  const forms = canaries.flatMap((text) => [...text.split("\n"), base64(text)]);
  const files = { "policy/say.rego": policy, "m/secret.yaml": secret };
  const broken = { ...files, "m/broken.yaml": `${secret}broken: [\n` };

  test.each(FORMATS)("are in no report as %s, nor beside it", async (format) => {
    const { code, out, err } = await portcullis(directoryWith(broken), ["check", "m", "-o", format, "--show-all"], {
      DEBUG: "1",
    });
    expect(code).toBe(2);
    expect(out).toMatch(/\*\*\*|\\\*\\\*\\\*/);
    for (const form of forms) expect(out + err).not.toContain(form);
  });
});

describe("equal trees give equal bytes", () => {
  const pods = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [
      `m/${at % 7}/${at}.yaml`,
      `apiVersion: v1\nkind: Pod\nmetadata: { name: p${at % 5}, labels: { b: x, a: y } }\nspec: { containers: [{ name: z, image: a:latest }, { name: a, image: a:latest }] }\n`,
    ]),
  );
  const policy = `package main

deny contains sprintf("%s %v", [c.name, input.metadata.labels]) if some c in input.spec.containers
warn contains {"msg": "labels", "found": {key | some key, _ in input.metadata.labels}} if true
`;
  const files = { "policy/p.rego": policy, ...pods, "m/broken.yaml": "a: [\n", "m/values.yaml": "a: 1\n" };

  test.each(FORMATS)(
    "as %s: in any order of files, in any place and language, with the seed of hashes that each process draws",
    async (format) => {
      const reversed = Object.fromEntries(Object.entries(files).toReversed());
      const [one, other] = [directoryWith(files), directoryWith(reversed)];
      // What a directory lists first depends on when and how its entries were made.
      for (const name of readdirSync(join(other, "m/3"))) {
        renameSync(join(other, "m/3", name), join(other, `m/3/${name}.moved`));
        renameSync(join(other, `m/3/${name}.moved`), join(other, "m/3", name));
      }
      for (const directory of [one, other]) symlinkSync("../m/3", join(directory, "m/link"));
      const args = ["check", "m", "-o", format, "--now", NOW, "--show-all"];
      const [a, b] = await Promise.all([
        portcullis(one, args),
        portcullis(other, args, { LANG: "tr_TR.UTF-8", TZ: "Asia/Tokyo" }),
      ]);
      expect(a.code).toBe(2);
      expect(b).toEqual(a);
    },
  );
});
