/** A manifest as the first lines of its text show it. */
export interface NamedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** The manifests in a YAML text, found without parsing it: templates and broken files are text like any other. */
export function objectsIn(text: string): readonly NamedObject[] {
  return text.split(/^---.*$/m).flatMap((document) => {
    const apiVersion = valueOf(document, /^apiVersion:\s*(\S+)/m);
    const kind = valueOf(document, /^kind:\s*(\S+)/m);
    const name = valueOf(document, /^metadata:\s*\n(?:[ \t]+.*\n|\s*\n)*?[ \t]+name:\s*(\S+)/m);
    if (apiVersion === undefined || kind === undefined) return [];
    return [{ apiVersion, kind, name: name ?? "" }];
  });
}

/** Whether an object defines a custom kind. */
export function isCustomResourceKind({ apiVersion, kind }: NamedObject): boolean {
  return kind === "CustomResourceDefinition" && apiVersion.startsWith("apiextensions.k8s.io/");
}

function valueOf(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1]?.replaceAll(/^["']|["']$/g, "");
}
