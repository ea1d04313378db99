import { isObject } from "../../manifest/identity.ts";
import type { GeneratedObject, GitOpsObject, PlanContext, Planned } from "../gitops.ts";
import { childGenerator, generate } from "./application-set/generate.ts";
import { maxParameterSets, tooMany, type Generation } from "./application-set/generation.ts";
import { makeApplication } from "./application-set/make-application.ts";
import { fillFrom } from "./application-set/merge-values.ts";
import { fastTexts, goTexts } from "./application-set/text-renderer.ts";
import { fieldsOf } from "./fields.ts";
import { placesOf } from "./places.ts";
import { collectDiagnostics } from "./diagnostics.ts";

/** Generates the Applications of an ApplicationSet, as far as this tree and the configuration determine them. */
export async function planApplicationSet(object: GitOpsObject, context: PlanContext): Promise<Planned> {
  const { manifest } = object;
  const { namespace, name } = manifest.identity;
  const places = await placesOf(object, context.tree);
  const diagnostics = collectDiagnostics(
    `ApplicationSet ${namespace === undefined ? "" : `${namespace}/`}${name}`,
    places,
  );
  const children: GeneratedObject[] = [];
  const reads = new Set<string>();
  const spec = fieldsOf(manifest.value, "", diagnostics.wrongType).object("spec");
  if (spec === undefined) diagnostics.problem("", "an ApplicationSet needs spec");
  else {
    const goTemplate = spec.flag("goTemplate");
    const generation: Generation = {
      goTemplate,
      texts: goTemplate ? goTexts(context.renderer, spec.texts("goTemplateOptions")) : fastTexts,
      places,
      diagnostics,
      object,
      context,
      reads,
      child: childGenerator(() => generation),
    };
    const template = spec.object("template")?.value ?? {};
    const names = new Set<string>();
    for (const entry of spec.objects("generators")) {
      for (const { options, sets } of await generate(entry, 0, generation)) {
        if (children.length + sets.length > maxParameterSets) {
          tooMany(generation, options.pointer, children.length + sets.length);
          continue;
        }
        const own = options.value["template"];
        const merged = isObject(own) ? fillFrom(own, template) : template;
        for (const set of sets) {
          const made = await makeApplication(merged, set, { spec, manifest }, generation);
          if (made === undefined) break;
          const wrong = wrongName(made.identity.name, names);
          if (wrong === undefined)
            children.push({ manifest: made, origin: { path: set.origin.path, line: set.origin.line } });
          else
            diagnostics.problem(
              "/spec/template/metadata/name",
              `${wrong}, from ${set.origin.path}, line ${set.origin.line}`,
            );
          names.add(made.identity.name);
        }
      }
    }
  }
  return {
    plans: [],
    children,
    gaps: diagnostics.gaps,
    problems: diagnostics.problems,
    violations: [],
    reads: [...reads],
  };
}

function wrongName(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name === "") return "generates an Application without name";
  if (taken.has(name)) return `generates two Applications named ${name}`;
  const valid =
    name.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name);
  return valid ? undefined : `generates an Application named ${JSON.stringify(name)}, which is not a valid name`;
}
