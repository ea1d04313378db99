import { DEFAULT_BUDGET } from "../../src/manifest/budget.ts";
import { decodeText } from "../../src/manifest/decode-text.ts";
import { toJsonText } from "../../src/manifest/json-text.ts";
import { readDocument, readFully } from "../../src/manifest/read-document.ts";
import { splitDocuments } from "../../src/manifest/split-documents.ts";
import type { OracleAnswer } from "./oracle.ts";

/** What one of our documents came to: its JSON text, or the message of the problem. */
export type OurAnswer = { readonly json: string } | { readonly problem: string };

/** Our answer for each document of a file, as the oracle numbers them; a file-level problem ends the list. */
export function ourAnswers(bytes: Uint8Array): readonly OurAnswer[] {
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  if (decoded.kind !== "text") return [{ problem: decoded.kind === "unreadable" ? decoded.message : decoded.kind }];
  const answers: OurAnswer[] = [];
  for (const document of splitDocuments(decoded.text)) {
    if (document.kind === "separator") {
      answers.push({ problem: document.message });
      break;
    }
    // A document of nothing but a byte order mark is one for the oracle.
    if (document.text === "" && decoded.text.charCodeAt(document.offset - 1) !== 0xfeff) continue;
    const reading = readDocument("f.yaml", document, DEFAULT_BUDGET);
    if (reading.kind === "problem") answers.push({ problem: reading.problem.message });
    else if (reading.kind === "empty") answers.push({ json: "null" });
    else {
      const json = toJsonText(reading.value);
      const full = readFully("f.yaml", document, DEFAULT_BUDGET);
      const same = full.kind === "value" && toJsonText(full.value) === json && full.line === reading.line;
      answers.push({ json: same ? json : `quick ${json} but fully ${JSON.stringify(full)}` });
    }
  }
  return answers;
}

/** Sums of a comparison. Only `different` is a fault: a value of ours that is not Kubernetes' own. */
export interface Tally {
  documents: number;
  equal: number;
  /** Refused by both. */
  bothRefused: number;
  /** Accepted by us only: the cluster would refuse it. */
  onlyOurs: number;
  /** Read by Kubernetes and refused by us, by cause. */
  readonly refused: Map<string, number>;
  readonly different: string[];
  /** One example of each cause of refusal. */
  readonly examples: Map<string, string>;
}

export function newTally(): Tally {
  return {
    documents: 0,
    equal: 0,
    bothRefused: 0,
    onlyOurs: 0,
    refused: new Map(),
    different: [],
    examples: new Map(),
  };
}

/** Compares what both made of one file and adds it to the tally. */
export function compareFile(tally: Tally, file: Uint8Array, oracle: readonly OracleAnswer[], name = ""): void {
  const ours = ourAnswers(file);
  const shown = (): string =>
    `${name}${JSON.stringify(new TextDecoder("utf-8", { ignoreBOM: true }).decode(file).slice(0, 2000))}`;
  const fileProblem = ours.at(-1);
  const stopped = ours.length < oracle.length && fileProblem !== undefined && "problem" in fileProblem;
  const expected = oracle.filter((answer) => answer.split === undefined);
  if (!stopped && ours.filter((answer) => "json" in answer).length > expected.length) {
    tally.different.push(`documents: ours ${JSON.stringify(ours)} theirs ${JSON.stringify(oracle)} in ${shown()}`);
    return;
  }
  expected.forEach((theirs, index) => {
    tally.documents++;
    const own = ours[index] ?? (stopped ? fileProblem : undefined);
    if (own === undefined && theirs.yaml === "null") tally.equal++;
    else if (own === undefined) tally.different.push(`document ${index} is missing in ${shown()}`);
    else if ("problem" in own) {
      if (theirs.yaml === undefined) tally.bothRefused++;
      else refuse(tally, own.problem, shown);
    } else if (own.json.startsWith("quick ")) tally.different.push(`${own.json} in ${shown()}`);
    else if (theirs.yaml === own.json) tally.equal++;
    else if (theirs.yaml !== undefined) {
      tally.different.push(`ours ${own.json.slice(0, 500)} theirs ${theirs.yaml.slice(0, 500)} in ${shown()}`);
    } else if (theirs.json === undefined) tally.onlyOurs++;
    else if (sameNumbers(theirs.json) === sameNumbers(own.json)) tally.equal++;
    else tally.different.push(`ours ${own.json} theirs (as JSON) ${theirs.json} in ${shown()}`);
  });
}

function refuse(tally: Tally, problem: string, shown: () => string): void {
  const cause = problem
    .replaceAll(/`[^`]*`/g, "`…`")
    .replaceAll(/[*&][\w-]+/g, "*x")
    .replaceAll(/\d+/g, "N");
  tally.refused.set(cause, (tally.refused.get(cause) ?? 0) + 1);
  const example = shown();
  if (example.length < (tally.examples.get(cause)?.length ?? Number.POSITIVE_INFINITY))
    tally.examples.set(cause, example);
}

// As JSON, Go hands numbers on as they are written.
function sameNumbers(json: string): string {
  return JSON.stringify(JSON.parse(json));
}
