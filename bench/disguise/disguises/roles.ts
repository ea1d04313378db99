import { directoryOf, edit, kustomizationAt, relative, textAt, type Disguise } from "../change.ts";
import { yaml, type Draft } from "../objects.ts";
import type { Random } from "../random.ts";

const emptyChart = (random: Random): string =>
  random.pick(["", "name: x\n", yaml({ apiVersion: "v2", name: "x", version: "1.0.0" }), "type: library\n"]);

/** A directory at or above a file. */
function above(path: string, random: Random): string {
  const parts = path.split("/").slice(0, -1);
  return parts.slice(0, random.int(parts.length + 1)).join("/");
}

/** What a kustomization may use a file for besides loading it. */
function uses(file: string, random: Random): Draft {
  return random.pick<Draft>([
    { patches: [{ path: file }] },
    { patchesStrategicMerge: [file] },
    { patches: [{ path: file, target: { kind: "Nothing" } }] },
    { configMapGenerator: [{ name: "generated", files: [file] }] },
    { secretGenerator: [{ name: "generated", files: [file] }] },
    { configMapGenerator: [{ name: "generated", envs: [file] }] },
    { transformers: [file] },
    { generators: [file] },
    { validators: [file] },
    { configurations: [file] },
    { crds: [file] },
    { openapi: { path: file } },
    { replacements: [{ path: file }] },
    { components: [file] },
    { resources: [file], namePrefix: "x-" },
    { helmCharts: [{ name: "x", valuesFile: file }] },
    { helmGlobals: { chartHome: "." }, resources: [file] },
  ]);
}

export const roles: { readonly [name: string]: Disguise } = {
  chartAbove(change, random) {
    const of = random.chance(0.5) ? change.carrier : (change.target.deliveries[0]?.declaredIn ?? change.carrier);
    const directory = above(of, random);
    const path = directory === "" ? "Chart.yaml" : `${directory}/Chart.yaml`;
    if (change.head.has(path)) return false;
    change.head.set(path, emptyChart(random));
    if (random.chance(0.3)) change.head.set(`${directory === "" ? "" : `${directory}/`}values.yaml`, "a: 1\n");
    if (random.chance(0.3)) change.head.set(`${directory === "" ? "" : `${directory}/`}.helmignore`, "*\n");
    return true;
  },
  usedByKustomization(change, random) {
    const of = random.chance(0.7) ? change.carrier : (change.target.deliveries[0]?.declaredIn ?? change.carrier);
    const directory = above(of, random);
    const name = random.pick(["kustomization.yaml", "kustomization.yml", "Kustomization"]);
    const path = directory === "" ? name : `${directory}/${name}`;
    if (kustomizationAt(change.head, directory) !== undefined && directory !== "") return false;
    if (change.head.has(path)) return false;
    change.head.set(
      path,
      yaml({ ...(random.chance(0.5) ? {} : { kind: "Kustomization" }), ...uses(relative(directory, of), random) }),
    );
    return true;
  },
  secondUse(change, random) {
    const { head, target } = change;
    const file = kustomizationAt(head, random.pick(target.deliveries).path);
    if (file === undefined) return false;
    return edit(head, file, (content) => {
      const use = uses(relative(directoryOf(file), change.carrier), random);
      for (const [key, value] of Object.entries(use)) {
        content[key] =
          Array.isArray(content[key]) && Array.isArray(value) ? [...(content[key] as []), ...(value as [])] : value;
      }
    });
  },
  otherKustomizationName(change, random) {
    const { head, target } = change;
    const from = kustomizationAt(head, random.pick(target.deliveries).path);
    if (from === undefined) return false;
    const text = textAt(head, from);
    const to = `${directoryOf(from)}/${random.pick(["kustomization.yml", "Kustomization"])}`;
    if (text === undefined || head.has(to)) return false;
    head.delete(from);
    head.set(to, text);
    if (change.carrier === from) change.carrier = to;
    return true;
  },
  secondKustomization(change, random) {
    const { head, target } = change;
    const { path } = random.pick(target.deliveries);
    const name = random.pick(["kustomization.yaml", "kustomization.yml", "Kustomization"]);
    if (head.has(`${path}/${name}`)) return false;
    head.set(
      `${path}/${name}`,
      random.pick([
        "resources: []\n",
        "{}\n",
        yaml({ resources: [relative(path, change.carrier)], commonAnnotations: { "acme.example/unsafe": "false" } }),
      ]),
    );
    return true;
  },
  untypedKustomization({ head, target }, random) {
    return edit(head, kustomizationAt(head, random.pick(target.deliveries).path), (content) => {
      delete content["apiVersion"];
      delete content["kind"];
    });
  },
  helmIgnore({ head, target }, random) {
    head.set(
      `${random.pick([target.directory, ""])}/.helmignore`.replace(/^\//, ""),
      random.pick(["*.yaml\n", "templates/workload.yaml\n", "values.yaml\n"]),
    );
    return true;
  },
  gitIgnore({ head, carrier }, random) {
    head.set(
      random.pick([".gitignore", `${directoryOf(carrier)}/.gitignore`, ".krmignore", ".dockerignore"]),
      "*\n!.gitignore\n",
    );
    return true;
  },
  sourceIgnore({ head, repository, carrier }) {
    // Flux leaves such files out of what it applies.
    if (repository.tool === "flux") return false;
    head.set(".sourceignore", `${carrier}\n`);
    return true;
  },
  gateConfiguration({ head, carrier }, random) {
    head.set(
      random.pick(["portcullis.yaml", "portcullis.yml"]),
      yaml({
        version: 1,
        manifests: { exclude: [carrier, "**"] },
        mode: "report",
        levels: { "disguised/forbidden": "off" },
      }),
    );
    return true;
  },
};
