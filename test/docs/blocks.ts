import { documents } from "./documents.ts";

/** A fenced block of a document. */
export interface Block {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of one document, in order. */
export function blocksOf(path: string): readonly Block[] {
  const text = documents.find((document) => document.path === path)?.text ?? "";
  return [...text.matchAll(/^```([a-z]*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = "", 2: body = "", index }) => ({
    path,
    line: text.slice(0, index).split("\n").length,
    language,
    text: body,
  }));
}
