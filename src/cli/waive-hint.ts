import type { WaiveCommand } from "../report/format.ts";

/** Characters of a fingerprint that tell it from others. */
const LENGTH = 12;

/** The options that decide which findings a run has. */
interface JudgingOptions {
  readonly base?: string;
  readonly head?: string;
  readonly config?: string;
}

/** The command line that writes a waiver for a finding of a run with these options. */
export function waiveHint({ base, head, config }: JudgingOptions): WaiveCommand {
  const options = [
    ...(base === undefined ? [] : ["--base", quoted(base)]),
    ...(head === undefined ? [] : ["--head", quoted(head)]),
    ...(config === undefined ? [] : ["--config", quoted(config)]),
  ];
  return (fingerprint) => ["portcullis waive", fingerprint.slice(0, LENGTH), ...options, '--reason "…"'].join(" ");
}

function quoted(text: string): string {
  return /^[\w./@:~^-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
