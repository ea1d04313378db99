import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { isObject } from "../manifest/identity.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import type { PolicyFile, PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { isSuite, readSuite, type Suite } from "./read-suite.ts";
import { textAt } from "./values.ts";

/** The suites in files, and the problems of those that cannot be read. */
export function readSuites(files: readonly PolicyFile[]): {
  readonly suites: readonly Suite[];
  readonly problems: readonly Problem[];
} {
  const suites: Suite[] = [];
  const problems: Problem[] = [];
  for (const { path, text } of files) {
    if (!text.includes("test.gatekeeper.sh")) continue;
    for (const part of splitDocuments(text)) {
      if (part.kind === "separator") break;
      const reading = readDocument(path, part, DEFAULT_BUDGET);
      if (reading.kind === "problem" && /^apiVersion:\s*["']?test\.gatekeeper\.sh\//m.test(part.text))
        problems.push(reading.problem);
      if (reading.kind !== "value" || !isObject(reading.value) || !isSuite(reading.value)) continue;
      const document = { text: part.text, line: part.line };
      const object: PolicyObject = { path, line: reading.line, document, value: reading.value };
      const read = readSuite(object);
      problems.push(...read.problems);
      if (read.problems.length === 0) suites.push(read.suite);
    }
  }
  return { suites, problems };
}

/** The name of a suite, or the directory of its file. */
export function nameOfSuite({ object }: Suite): string {
  const name = textAt(object.value, "metadata", "name") ?? "";
  return name === "" ? object.path.slice(0, Math.max(object.path.lastIndexOf("/"), 0)) : name;
}
