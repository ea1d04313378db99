import type { Manifest, NotManifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_BUDGET, type Budget } from "./budget.ts";
import { decodeText } from "./decode-text.ts";
import { GIT_CRYPT, SOPS, isSops, type Encrypted } from "./encrypted.ts";
import { identityOf } from "./identity.ts";
import { locatorOf, type Locator } from "./locate.ts";
import { readDocument } from "./read-document.ts";
import { recognise } from "./recognise.ts";
import { splitDocuments } from "./split-documents.ts";

/** The content of one file. A document that cannot be read is a problem and does not hide the others. */
export interface FileReading {
  readonly manifests: readonly Manifest[];
  readonly notManifests: readonly NotManifest[];
  readonly problems: readonly Problem[];
  /** Set where the file is encrypted. A file of git-crypt is a problem too, so that it never passes unread. */
  readonly encrypted?: Encrypted;
}

/** Reads a YAML or JSON file exactly as Kubernetes does. Never throws, whatever the bytes are. */
export function readManifests(path: string, bytes: Uint8Array, budget: Budget = DEFAULT_BUDGET): FileReading {
  const decoded = decodeText(bytes, budget);
  switch (decoded.kind) {
    case "text":
      return readText(path, decoded.text, budget);
    case "git-crypt":
      return {
        manifests: [],
        notManifests: [],
        problems: [{ stage: "read", path, line: 1, message: `The file is ${GIT_CRYPT.reason}.` }],
        encrypted: GIT_CRYPT,
      };
    case "unreadable": {
      const { kind: _, ...place } = decoded;
      return { manifests: [], notManifests: [], problems: [{ stage: "read", path, ...place }] };
    }
  }
}

function readText(path: string, text: string, budget: Budget): FileReading {
  const manifests: Manifest[] = [];
  const notManifests: NotManifest[] = [];
  const problems: Problem[] = [];
  let sops = false;
  for (const document of splitDocuments(text)) {
    if (document.kind === "separator") {
      problems.push({ stage: "parse", path, line: document.line, column: 1, message: document.message });
      break;
    }
    if (document.index >= budget.documents) {
      const message = `The file has more than ${budget.documents} documents; the rest is not read.`;
      problems.push({ stage: "parse", path, line: document.line, message });
      break;
    }
    const reading = readDocument(path, document, budget);
    switch (reading.kind) {
      case "empty":
        break;
      case "problem":
        problems.push(reading.problem);
        break;
      case "value": {
        sops ||= isSops(reading.value);
        let locator: Locator | undefined;
        for (const found of recognise(reading.value)) {
          let { line } = reading;
          if (found.pointer !== "") {
            locator ??= locatorOf(document);
            line = locator?.locate(found.pointer)?.line ?? line;
          }
          if (found.kind === "other") {
            notManifests.push({ document: document.index, line, reason: found.reason, value: found.value });
            continue;
          }
          manifests.push({
            identity: identityOf(found.value),
            apiVersion: found.value.apiVersion,
            value: found.value,
            position: { path, document: document.index, line, pointer: found.pointer },
          });
        }
        break;
      }
    }
  }
  return { manifests, notManifests, problems, ...(sops ? { encrypted: SOPS } : {}) };
}
