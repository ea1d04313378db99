import type { GitRevision } from "../../model/remotes.ts";
import { oneLine, RemoteFailure } from "../failure.ts";
import { digestOf } from "../store/blobs.ts";

/** What is fetched of a repository. */
export interface Wanted {
  /** What the server is asked for: a name, which it completes as Git does, or the id of a commit. */
  readonly source: string;
  /** Where the mirror keeps it. */
  readonly ref: string;
  /** The commit, where no server has to say which. */
  readonly commit?: string;
  /** For messages. */
  readonly shown: string;
}

/** Reads a revision that is no range of versions. */
export function readRevision(revision: GitRevision): Wanted {
  if (revision.kind === "head") return wanted("HEAD", "HEAD");
  const { kind, value } = revision;
  const shown = oneLine(value);
  if (kind === "commit" || (kind === "any" && isCommit(value))) {
    if (isCommit(value)) return { ...wanted(value, `commit ${shown}`), commit: value };
    throw new RemoteFailure("absent", `${shown} is not a commit id of 40 digits, and a part of one cannot be fetched`);
  }
  if (!isName(value)) throw new RemoteFailure("absent", `${shown} cannot be the name of a branch or a tag`);
  switch (kind) {
    case "branch":
      return wanted(`refs/heads/${value}`, `branch ${shown}`);
    case "tag":
      return wanted(`refs/tags/${value}`, `tag ${shown}`);
    case "name":
      if (value === "HEAD" || value.startsWith("refs/")) return wanted(value, shown);
      throw new RemoteFailure("absent", `${shown} is not the full name of a reference, such as refs/heads/main`);
    case "any":
      return wanted(value, shown);
    case "semver":
    case "range":
    case "abbreviated":
      throw new Error("a server cannot be asked for it as it is");
    default:
      throw new Error(`unknown revision ${JSON.stringify(kind satisfies never)}`);
  }
}

/** Whether a text is the whole id of a commit. */
function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Whether a text may be a part of a commit's id. */
export function mayBeAbbreviated(text: string): boolean {
  return /^[0-9a-f]{7,39}$/.test(text);
}

function wanted(source: string, shown: string): Wanted {
  const digest = digestOf(Buffer.from(source)).slice("sha256:".length);
  return { source, ref: `refs/portcullis/${digest}`, shown };
}

const longestName = 500;

/** Git's rules for names, and none that it could take for an option. */
function isName(text: string): boolean {
  return (
    text.length <= longestName &&
    text !== "@" &&
    !/[\p{C}\p{Z}~^:?*[\\]|\.\.|@\{|\/\//u.test(text) &&
    !text.startsWith("-") &&
    !/[/.]$/.test(text) &&
    text.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"))
  );
}
