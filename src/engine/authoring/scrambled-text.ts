/** What makes a text look like a credential, and is none: headers of keys, prefixes of tokens, schemes, and names before a value. */
const KEPT =
  /-----[A-Z0-9 ]+-----|\b(?:AKIA|ASIA|AIza|gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|[sr]k_live_)|\b[a-z][a-z0-9+]*:\/\/|\b[\w.-]*(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth|user(?:name)?)["']?(?=\s*[:=](?!=*$))|[^A-Za-z0-9]+/gi;

/** A number below a limit. */
export type Random = (below: number) => number;

/**
 * A text of the same length and shape, in which every letter and digit is another at random, so that rules find in it what
 * they found in the text.
 */
export function scrambledText(text: string, random: Random): string {
  let [result, from] = ["", 0];
  for (const { index, 0: kept } of text.matchAll(KEPT)) {
    result += scrambled(text.slice(from, index), random) + kept;
    from = index + kept.length;
  }
  return result + scrambled(text.slice(from), random);
}

/** As `scrambledText`, for text in base64: what it encodes is scrambled. */
export function scrambledBase64(text: string, random: Random): string {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== text.replaceAll(/\s/g, "")) return scrambledText(text, random);
  const decoded = bytes.toString("utf8");
  if (Buffer.from(decoded, "utf8").equals(bytes)) return Buffer.from(scrambledText(decoded, random)).toString("base64");
  return Buffer.from(bytes.map(() => random(256))).toString("base64");
}

function scrambled(text: string, random: Random): string {
  return text
    .replaceAll(/[a-z]/g, () => String.fromCharCode(97 + random(26)))
    .replaceAll(/[A-Z]/g, () => String.fromCharCode(65 + random(26)))
    .replaceAll(/[0-9]/g, () => String(random(10)));
}
