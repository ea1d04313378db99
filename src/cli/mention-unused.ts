/** Names files below policy paths that are not policies: a person may expect them to do something. */
export function mentionUnused(paths: readonly string[], say: (line: string) => void): void {
  if (paths.length === 0) return;
  const named = paths.slice(0, 5).join(", ");
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
  say(
    `below a path of policies and not used, since they are neither Rego nor objects that declare policies: ${named}${more}`,
  );
}
