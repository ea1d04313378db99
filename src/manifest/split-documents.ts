/** The text of one document of a file, as Kubernetes splits it. */
export interface DocumentText {
  readonly kind: "document";
  /** 0-based; empty documents count. */
  readonly index: number;
  readonly text: string;
  /** Offset of `text` in the file. */
  readonly offset: number;
  /** 1-based line of the file on which `text` starts. */
  readonly line: number;
}

/** A separator that Kubernetes refuses, or that other readers read as content. */
export interface BadSeparator {
  readonly kind: "separator";
  readonly index: number;
  readonly line: number;
  readonly message: string;
}

/**
 * Cuts a file at lines that start with `---`, as `YAMLReader` of k8s.io/apimachinery does: before YAML is looked at, so
 * that such a line ends a document even within quotes. Stops at the first separator that cannot be read.
 */
export function* splitDocuments(text: string): Generator<DocumentText | BadSeparator> {
  let index = 0;
  let start = 0;
  let line = 1;
  let lastCounted = 0;
  const lineAt = (offset: number): number => {
    for (let at = text.indexOf("\n", lastCounted); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
      line++;
      lastCounted = at + 1;
    }
    return line;
  };
  const document = (end: number): DocumentText => {
    // A byte order mark where a document starts is dropped.
    const from = text.charCodeAt(start) === 0xfeff ? start + 1 : start;
    const whole = from === 0 && end === text.length;
    return {
      kind: "document",
      index: index++,
      text: whole ? text : text.slice(from, end),
      offset: from,
      line: lineAt(start),
    };
  };

  let separator = text.startsWith("---") ? 0 : nextSeparator(text, 0);
  let first = true;
  while (separator !== -1) {
    const end = lineEnd(text, separator);
    const rest = text.slice(separator + 3, end);
    if (!/^(?:[ \t]*\r?$|[ \t]+#)/.test(rest)) {
      yield { kind: "separator", index, line: lineAt(separator), message: separatorMessage(rest.trim()) };
      return;
    }
    if (!(first && separator === 0)) yield document(separator);
    start = Math.min(end + 1, text.length);
    first = false;
    separator = nextSeparator(text, end);
  }
  yield document(text.length);
}

function nextSeparator(text: string, from: number): number {
  const found = text.indexOf("\n---", from);
  return found === -1 ? -1 : found + 1;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function separatorMessage(rest: string): string {
  const shown = rest.length > 20 ? `${rest.slice(0, 20)}…` : rest;
  return `Kubernetes refuses the document separator \`---\` followed by \`${shown}\`; expected \`---\` alone on its line.`;
}
