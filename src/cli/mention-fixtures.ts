import type { Report } from "../model/report.ts";

/**
 * Hints at `exclude` for findings in rejected fixtures and in scenarios: they are meant to fail, but only the configuration of the
 * repository may say so.
 */
export function mentionFixtures({ findings }: Report, say: (line: string) => void): void {
  const bad = findings.filter(({ location }) =>
    /(^|\/)(fixtures\/rejected-|scenarios\/[^/]+\/(base|head)\/)/.test(location.path),
  ).length;
  if (bad === 0) return;
  const counted = bad === 1 ? "1 finding is" : `${bad} findings are`;
  say(
    `${counted} in fixtures or scenarios of policies: to leave them out, set manifests.exclude: ["**/fixtures/**", "**/scenarios/**"] in portcullis.yaml`,
  );
}
