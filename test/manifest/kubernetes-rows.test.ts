import { expect, test } from "@jest/globals";
import { readFileSync, writeFileSync } from "node:fs";
import { ourAnswers } from "./differential.ts";
import { ROWS } from "./kubernetes-rows.ts";
import { buildOracle, type OracleAnswer } from "./oracle.ts";

// What Kubernetes makes of each row, kept so that machines without Go can check against it too.
// PORTCULLIS_GOLDEN=update writes it anew.
const GOLDEN = "fixtures/yaml/kubernetes-rows.json";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const oracle = await buildOracle();
const answers = (): { readonly [row: string]: readonly OracleAnswer[] } => {
  const all = oracle!(ROWS.map(([, text]) => encode(text)));
  // What a refused row is worth to Kubernetes can be a matter of chance: of two keys that become one, any may win.
  const shown = (answer: OracleAnswer, refused: boolean): OracleAnswer =>
    refused && answer.yaml !== undefined ? { yaml: "some value" } : answer;
  return Object.fromEntries(
    ROWS.map(([row, , refused], index) => [row, all[index]!.map((answer) => shown(answer, refused === "refused"))]),
  );
};
if (oracle !== undefined && process.env["PORTCULLIS_GOLDEN"] === "update") {
  writeFileSync(GOLDEN, `${JSON.stringify(answers(), null, 2)}\n`);
}
const golden = JSON.parse(readFileSync(GOLDEN, "utf8")) as { readonly [row: string]: readonly OracleAnswer[] };

test.each(ROWS.map(([row, text, refused]) => [row, text, refused ?? "read"] as const))(
  "%s: read as Kubernetes reads it, or refused",
  (row, text, refused) => {
    const expected = golden[row]!.map(({ yaml, json }) => yaml ?? json ?? "refused");
    const ours = ourAnswers(encode(text)).map((answer) => ("json" in answer ? answer.json : "refused"));
    if (refused === "read") expect(ours).toEqual(expected);
    else {
      expect(expected).not.toContain("refused");
      expect(ours).toContain("refused");
    }
  },
);

(oracle === undefined ? test.skip : test)("the kept answers are those that Kubernetes gives", () => {
  expect(golden).toEqual(answers());
});
