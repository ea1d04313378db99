import type { CelModule } from "../cel/cel-module.ts";
import type { JudgeOptions } from "../rego/create-judge.ts";
import { createTemplateEngine, type TemplateEngine } from "../rego/template/template-engine.ts";
import { writeJson } from "../rego/value/json-text.ts";
import { createNativeEngine } from "./native-engine.ts";
import { inTemplate, type Template } from "./read-template.ts";
import type { TemplateCode } from "./template-code.ts";

/** Compiles the code of a template. Its problems are at the lines of the template. `cel` is not closed with it. */
export async function compileTemplate(
  template: Template,
  options: JudgeOptions,
  cel: CelModule,
): Promise<TemplateCode> {
  const { native } = template;
  if (native !== undefined) return createNativeEngine(template, native, cel);
  const engine = inRego(await createTemplateEngine(template.modules, options));
  return { ...engine, problems: engine.problems.map((problem) => inTemplate(template, problem)) };
}

function inRego(engine: TemplateEngine): TemplateCode {
  return {
    ...engine,
    ask: (asks) =>
      engine.ask(
        asks.map(({ place, object, review, constraint: { parameters }, data }) => ({
          place,
          object,
          data,
          input: () => writeJson({ review, parameters }),
        })),
      ),
    apart: () => inRego(engine.apart()),
  };
}
