import type { Parameters } from "./generation.ts";

/** Replaces `{{ name }}`; what no text parameter has stays as written, also a last `{{` that nothing closes. */
export function fillFastTemplate(text: string, parameters: Parameters): string {
  let filled = "";
  let at = 0;
  for (;;) {
    const open = text.indexOf("{{", at);
    const close = open === -1 ? -1 : text.indexOf("}}", open + 2);
    if (close === -1) return filled + text.slice(at);
    const tag = text.slice(open + 2, close);
    const name = tag.trim();
    const value = name !== "" && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    filled += text.slice(at, open) + (typeof value === "string" ? value : `{{${tag}}}`);
    at = close + 2;
  }
}
