import type { Judge, Question } from "../model/judge.ts";
import type { Judgement } from "../model/violation.ts";

/**
 * A judge that asks `manifests` about manifests, and about the documents of each entry of `documents:` the judge of that
 * entry. It owns all of them: closing it closes them.
 */
export function withDocumentJudges(manifests: Judge, documents: readonly Judge[]): Judge {
  if (documents.length === 0) return manifests;
  const all = [manifests, ...documents];
  const judgeOf = ({ manifest }: Question): Judge => {
    const judge = manifest.document === undefined ? manifests : documents[manifest.document];
    if (judge === undefined) throw new Error(`no judge for entry ${manifest.document} of documents`);
    return judge;
  };
  return {
    ...manifests,
    digest: JSON.stringify(all.map(({ digest }) => digest)),
    policies: all.flatMap(({ policies }) => policies),
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings = [] }) => warnings),
    readsTime: all.some(({ readsTime }) => readsTime !== false),
    ...(all.some(({ prints }) => prints) ? { prints: true as const } : {}),
    leavesOut: () => all.some((judge) => judge.leavesOut?.() === true),
    awaits: (question) => (question.manifest.document === undefined ? manifests.awaits?.(question) : undefined),
    judge: async (questions) => {
      const answers = new Map<Question, Judgement>();
      for (const judge of new Set(questions.map(judgeOf))) {
        const own = questions.filter((question) => judgeOf(question) === judge);
        const judged = await judge.judge(own);
        for (const [index, question] of own.entries()) {
          const answer = judged[index];
          if (answer !== undefined) answers.set(question, answer);
        }
      }
      return questions.flatMap((question) => answers.get(question) ?? []);
    },
    close: async () => {
      await Promise.all(all.map((judge) => judge.close()));
    },
  };
}
