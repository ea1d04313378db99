/** A sentence of the API server about a field, on one line. */
export function about(field: string, text: string): string {
  const line = lasting(withoutExcerpts(text));
  return field === "" || field === "<nil>" ? line : `${field}: ${line}`;
}

/** CEL's errors without the excerpts of the expression, which take up lines of their own and start with a bar. */
function withoutExcerpts(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith(" | "))
    .join("; ");
}

/** The API server names the type of `self` anew each time that it compiles a rule; one error must always read alike. */
export function lasting(text: string): string {
  return text.replaceAll(/\bselfType\d+/g, "self");
}
