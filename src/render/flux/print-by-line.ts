import { isObject } from "../../manifest/identity.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import type { Json, Pointer } from "../../model/json.ts";
import { below } from "../../manifest/pointer.ts";

/** JSON with each value on a line of its own, so that a line in a tool's output identifies the value. */
export interface PrintedJson {
  readonly text: string;
  /** By line, from the first on: the value that starts there. */
  readonly pointers: readonly Pointer[];
}

/** Prints a value as JSON (and so as YAML) with the pointer of each line. */
export function printByLine(value: Json): PrintedJson {
  const lines: string[] = [];
  const pointers: Pointer[] = [];
  const print = (one: Json, pointer: Pointer, before: string, after: string): void => {
    const line = (text: string): void => {
      lines.push(text);
      pointers.push(pointer);
    };
    const inner: readonly (readonly [string, string, Json])[] = Array.isArray(one)
      ? one.map((item: Json, index) => ["", String(index), item])
      : isObject(one)
        ? Object.entries(one).map(([key, item]) => [`${toJsonText(key)}: `, key, item])
        : [];
    if (inner.length === 0) {
      line(`${before}${toJsonText(one)}${after}`);
      return;
    }
    const [open, close] = Array.isArray(one) ? "[]" : "{}";
    line(`${before}${open}`);
    for (const [at, [before, key, item]] of inner.entries())
      print(item, below(pointer, key), before, at === inner.length - 1 ? "" : ",");
    line(`${close}${after}`);
  };
  print(value, "", "", "");
  return { text: `${lines.join("\n")}\n`, pointers };
}
