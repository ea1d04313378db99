import type { RepositoryClient } from "../../github/repository-client.ts";
import { escapeMarkdown } from "../../report/escape-markdown.ts";
import { fitUtf8 } from "../../report/utf8.ts";
import type { Override } from "../../store/overrides.ts";
import type { Body } from "../publish/check-body.ts";
import { placeOf } from "../publish/check-run.ts";
import type { UsesStore } from "../services.ts";
import type { Target } from "../target.ts";

/** What `overrideOf` needs. */
export type OverriddenServices = UsesStore<"findActiveOverride" | "findRepository">;
export type OverriddenCalls = Pick<RepositoryClient, "readParents" | "readPullRequest">;

/**
 * The override that is in force for a target; undefined if there is none, or if the configuration in force permits none any
 * more. It counts for a merge group only where that adds nothing but the very head to its base.
 */
export async function overrideOf(
  services: OverriddenServices,
  github: OverriddenCalls,
  target: Target,
): Promise<Override | undefined> {
  const { repository, baseRef, pull, queued } = target;
  if (pull === undefined && queued === undefined) return undefined;
  if ((await services.store.findRepository(repository.id))?.override === undefined) return undefined;
  if (pull !== undefined)
    return services.store.findActiveOverride({
      repository: repository.id,
      pull: pull.number,
      head: target.head,
      baseRef,
    });
  const place = placeOf(target);
  const { head } = await github.readPullRequest(place, queued ?? 0);
  const override = await services.store.findActiveOverride({
    repository: repository.id,
    pull: queued ?? 0,
    head,
    baseRef,
  });
  if (override === undefined) return undefined;
  const [onto, merged = head] = await github.readParents(place, target.head);
  return onto === target.base && merged === head ? override : undefined;
}

/** The body of a check that fails although it was overridden, with the reason. */
export function notOverridden(body: Body, { by }: Override, why: string): Body {
  const said = (shown: string): string => `The override of @${by} does not count: ${shown}.\n\n`;
  const { output, plain } = body;
  return {
    ...body,
    output: { ...output, summary: fitUtf8(`${said(escapeMarkdown(why))}${output.summary}`, LONGEST_SUMMARY) },
    ...(plain === undefined ? {} : { plain: fitUtf8(`${said(why)}${plain}`, LONGEST_SUMMARY) }),
  };
}

const LONGEST_TITLE = 255;
const LONGEST_SUMMARY = 65_535;

/** The body of a check that fails and is overridden: it passes, and says who let it through, why and until when. */
export function overridden(body: Body, { by, reason, until, issue }: Override): Body {
  const said = (shown: string): string =>
    `@${by} has overridden this check until ${until}: ${shown}. The issue #${issue ?? 0} must be closed with a follow-up. What the check says without that:`;
  const { title, summary } = body.output;
  return {
    ...body,
    conclusion: "success",
    output: {
      ...body.output,
      title: fitUtf8(`Overridden by @${by} until ${until.slice(11, 16)} UTC: ${title}`, LONGEST_TITLE),
      summary: fitUtf8(`**Override**: ${said(escapeMarkdown(reason))}\n\n${summary}`, LONGEST_SUMMARY),
    },
    ...(body.plain === undefined
      ? {}
      : { plain: fitUtf8(`Override: ${said(reason)}\n\n${body.plain}`, LONGEST_SUMMARY) }),
  };
}
