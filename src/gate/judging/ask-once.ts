import { toJsonText } from "../../manifest/json-text.ts";
import type { Json } from "../../model/json.ts";
import type { Judge, Question } from "../../model/judge.ts";
import type { Judgement } from "../../model/violation.ts";

/**
 * Makes a judge that asks equal questions about what sources yield only once: a base that eleven overlays load is mostly the
 * same in all of them. It keeps these answers as long as it lives.
 */
export function askingOnce(judge: Judge): Judge {
  const answers = new Map<string, Promise<Judgement>>();
  return {
    ...judge,
    judge: async (questions) => {
      // What plain files hold is hardly ever asked about twice.
      if (questions.every(({ manifest }) => manifest.source === undefined)) return judge.judge(questions);
      const fresh: { readonly key: string; readonly question: Question }[] = [];
      const keys = questions.map((question) => keyOf(judge, question));
      const asked = new Set<string>();
      questions.forEach((question, index) => {
        const key = keys[index] ?? "";
        if (answers.has(key) || asked.has(key)) return;
        asked.add(key);
        fresh.push({ key, question });
      });
      if (fresh.length > 0) {
        const judged = judge.judge(fresh.map(({ question }) => question));
        fresh.forEach(({ key }, index) => {
          const answer = judged.then((all) => answered(all[index]));
          // The callers see the rejection; without one it must not be unhandled.
          answer.catch(() => {});
          answers.set(key, answer);
        });
      }
      return Promise.all(keys.map(async (key) => answered(await answers.get(key))));
    },
  };
}

function answered(judgement: Judgement | undefined): Judgement {
  if (judgement === undefined) throw new Error("the judge did not answer every question");
  return judgement;
}

/** The key of a question: path, operation, both objects, the key of the environment, and what is known of other objects. */
function keyOf({ environmentKey }: Judge, { manifest, operation, oldObject, facts }: Question): string {
  const { environment, position, value } = manifest;
  const where = environmentKey === undefined ? `=${environment ?? ""}` : environmentKey(environment);
  return [
    where,
    manifest.document ?? "",
    operation,
    position.path,
    text(value),
    oldObject === undefined ? "" : text(oldObject),
    facts?.digest ?? "",
  ].join("\0");
}

function text(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch {
    // JSON.stringify fails on its large integers.
    return `exact ${toJsonText(value)}`;
  }
}
