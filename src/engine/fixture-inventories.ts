import type { Fact } from "../model/fact.ts";
import type { Judge } from "../model/judge.ts";

/** Makes a judge to which the documents of one fixture are all the objects that there are. `fixtureOf` names the fixture of a file. */
export function withFixtureInventories(judge: Judge, fixtureOf: (path: string) => string): Judge {
  const { awaits, factsOf } = judge;
  if (awaits === undefined || factsOf === undefined) return judge;
  const marked = (path: string, key: string): string => `${fixtureOf(path)}\0${key}`;
  const unmarked = (fact: Fact): Fact => ({ ...fact, key: fact.key.slice(fact.key.indexOf("\0") + 1) });
  return {
    ...judge,
    factsOf: (manifest) =>
      factsOf(manifest).map((fact) => ({ ...fact, key: marked(manifest.position.path, fact.key) })),
    awaits: (question) => awaits(question)?.map((key) => marked(question.manifest.position.path, key)),
    judge: (questions) =>
      judge.judge(
        questions.map(({ facts, ...question }) =>
          facts === undefined
            ? question
            : { ...question, facts: { digest: facts.digest, facts: facts.facts.map(unmarked) } },
        ),
      ),
  };
}
