import type { ExplainedRule } from "../../model/explanation.ts";
import type { Json } from "../../model/json.ts";
import type { Question } from "../../model/judge.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Tree } from "../../model/tree.ts";
import { explainQuestion } from "../../rego/explain/explain-question.ts";
import { neededFiles } from "../../rego/explain/needed-files.ts";
import { createToolchain, type Toolchain } from "../../rego/toolchain/toolchain.ts";

/** Explains the rules of a policy set with one toolchain. */
export interface Explainer {
  /** Explains the rules of these names in a package, in this order; a string says why they cannot be explained. */
  explain(
    question: Question,
    rules: { readonly package: string; readonly names: readonly string[] },
    result?: Json,
  ): Promise<readonly ExplainedRule[] | string>;
  close(): void;
}

/** What was judged, and when. */
export interface ExplainedRun {
  readonly sources: PolicySources;
  readonly after: Tree;
  /** RFC 3339. */
  readonly now: string;
}

/** Opens an explainer, which the caller must close. A toolchain that is given stays open. */
export function createExplainer({ sources, after, now }: ExplainedRun, given?: Toolchain): Explainer {
  const toolchain = given ?? createToolchain();
  const filesFor = neededFiles(sources.files);
  const texts = new Map<string, Promise<string | undefined>>();
  const textOf = (path: string): Promise<string | undefined> => {
    const known = texts.get(path) ?? readText(after, path);
    texts.set(path, known);
    return known;
  };
  return {
    async explain(question, { package: packageName, names }, result) {
      const { position, source } = question.manifest;
      const text = source === undefined ? await textOf(position.path) : undefined;
      const asked = {
        rules: names.map((name) => `data.${packageName}.${name}`),
        question,
        now,
        ...(result === undefined ? {} : { result }),
        ...(text === undefined ? {} : { text }),
      };
      return explainQuestion({ ...asked, sources: { ...sources, files: filesFor(packageName) } }, toolchain);
    },
    close: () => {
      if (given === undefined) toolchain.close();
    },
  };
}

async function readText(tree: Tree, path: string): Promise<string | undefined> {
  const bytes = await tree.read(path).catch(() => undefined);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
