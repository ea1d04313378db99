import { withImports } from "./add-import.ts";

interface Source {
  readonly path: string;
  readonly text: string;
}

/**
 * The modules with Trivy's `result.new`: each that calls it imports it from a module of ours. What a rule returns is then an
 * object with its message, and with what Trivy notes about the cause where the input holds that.
 */
export function withTrivyResults<Module extends Source>(
  modules: readonly Module[],
): readonly (Module | (Source & { readonly regoVersion: "v1" }))[] {
  const callers = new Set(modules.filter(callsResult));
  if (callers.size === 0) return modules;
  return [
    ...modules.map((module) =>
      callers.has(module) ? { ...module, text: withImports(module.text, ["data.portcullis_trivy as result"]) } : module,
    ),
    { path: "@portcullis/trivy.rego", text: results, regoVersion: "v1" as const },
  ];
}

/** A module that defines or imports a `result` of its own means that one. */
function callsResult({ text }: Source): boolean {
  return /\bresult\.new\(/.test(text) && !/^[ \t]*(?:import[ \t].*\bresult|result\b)/m.test(text);
}

const results = `package portcullis_trivy

new(msg, cause) := object.union({"msg": msg}, noted(cause))

noted(cause) := {} if not is_object(cause)

noted(cause) := {name: value |
	some key, name in {
		"startline": "startline",
		"StartLine": "startline",
		"endline": "endline",
		"EndLine": "endline",
		"filepath": "filepath",
		"Path": "filepath",
		"sourceprefix": "sourceprefix",
		"explicit": "explicit",
		"managed": "managed",
		"fskey": "fskey",
		"resource": "resource",
	}
	value := object.get(cause, "__defsec_metadata", {})[key]
} if is_object(cause)
`;
