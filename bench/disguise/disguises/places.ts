import { directoryOf, edit, kustomizationAt, move, relative, textAt, type Change, type Disguise } from "../change.ts";
import { declare } from "../delivery.ts";
import { yaml } from "../objects.ts";

/** Whether what delivers the carrier finds it wherever it lies below the delivered directory. */
function isFound({ target, carrier, deliveries }: Change): boolean {
  const delivery = deliveries.find(({ path }) => carrier.startsWith(`${path}/`));
  return delivery?.as === "files" || (target.packaging !== "chart" && carrier.startsWith(target.directory));
}

export const places: { readonly [name: string]: Disguise } = {
  otherFileName(change, random) {
    const { carrier } = change;
    if (/kustomization\.ya?ml$|Kustomization$|values/.test(carrier) || !isFound(change)) return false;
    const name = random.pick([
      "renamed.yaml",
      "renamed.yml",
      ".hidden.yaml",
      "values.yaml",
      "Chart.yml",
      "NOTES.yaml",
      "_x.yaml",
      "patch-a.yaml",
      "sp ace.yaml",
      "ü.yaml",
      "test.yaml",
    ]);
    return move(change, carrier, `${directoryOf(carrier)}/${name}`);
  },
  otherDirectory(change, random) {
    const { carrier } = change;
    if (/kustomization\.ya?ml$|Kustomization$|values/.test(carrier) || !isFound(change)) return false;
    const name = random.pick([
      "templates",
      "charts/x",
      "charts/x/templates",
      "crds",
      "node_modules",
      ".github",
      "vendor",
      "tests",
      ".x",
      "base",
    ]);
    return move(change, carrier, `${directoryOf(carrier)}/${name}/${carrier.slice(carrier.lastIndexOf("/") + 1)}`);
  },
  otherAppDirectory(change) {
    const { target, head, deliveries } = change;
    const to = `moved/${target.name}`;
    const inside = [...head.keys()].filter((path) => path.startsWith(`${target.directory}/`));
    if (inside.some((path) => typeof head.get(path) !== "string")) return false;
    const renamed = (path: string): string => path.replace(target.directory, to);
    const moved = deliveries.filter(({ path }) => path.startsWith(target.directory));
    if (
      moved.some(
        ({ declaredIn, tool }) =>
          (declaredIn === undefined && tool !== "push") || (declaredIn !== undefined && !head.has(declaredIn)),
      )
    )
      return false;
    for (const path of inside) {
      head.set(renamed(path), head.get(path)!);
      head.delete(path);
    }
    change.deliveries = deliveries.map((one) => (moved.includes(one) ? { ...one, path: renamed(one.path) } : one));
    for (const one of moved) {
      if (one.declaredIn === undefined) continue;
      edit(head, one.declaredIn, ({ spec }) => {
        if (spec.path !== undefined) spec.path = renamed(spec.path as string);
        if (spec.source?.path !== undefined) spec.source.path = renamed(spec.source.path as string);
        if (spec.chart?.spec !== undefined) {
          const chart = spec.chart.spec;
          chart.chart = renamed(chart.chart as string);
          if (chart.valuesFiles !== undefined)
            chart.valuesFiles = (chart.valuesFiles as readonly string[]).map(renamed);
        }
      });
    }
    change.carrier = change.carrier.startsWith(target.directory) ? renamed(change.carrier) : change.carrier;
    return true;
  },
  link(change, random) {
    const { head, carrier } = change;
    const text = textAt(head, carrier);
    const real = random.pick(["real.yaml", "data/real.txt", "docs/real.yaml", "examples/real.yaml"]);
    if (text === undefined || head.has(real)) return false;
    head.set(real, text);
    head.set(carrier, { symlink: relative(directoryOf(carrier), real) });
    return true;
  },
  linkedDirectory(change, random) {
    const { head, carrier } = change;
    const directory = directoryOf(carrier);
    const inside = [...head].filter(([path]) => path.startsWith(`${directory}/`));
    if (inside.some(([, file]) => typeof file !== "string") || head.has(directory)) return false;
    // References from below to what is beside the directory would break.
    if (inside.some(([, file]) => typeof file === "string" && file.includes("../"))) return false;
    const real = random.pick(["real", "docs/real", ".real"]);
    for (const [path, file] of inside) {
      head.delete(path);
      head.set(path.replace(directory, real), file);
    }
    head.set(directory, { symlink: relative(directoryOf(directory), real) });
    return true;
  },
  linkToCarrier({ head, carrier }, random) {
    const at = random.pick(["link.yaml", "zz/kustomization.yaml", "Chart.yaml", `${directoryOf(carrier)}/link.yaml`]);
    if (head.has(at) || at === carrier) return false;
    head.set(at, { symlink: relative(directoryOf(at), carrier) });
    return true;
  },
  copy({ head, carrier }, random) {
    const file = head.get(carrier);
    if (file === undefined) return false;
    head.set(`${random.pick(["copy", "docs", directoryOf(carrier)])}/copy.yaml`, file);
    return true;
  },
  harmlessTwin({ head, target, repository }, random) {
    const old = repository.files.get(target.workloadFile);
    if (old === undefined || target.packaging === "chart") return false;
    head.set(`${random.pick([target.packaging === "files" ? target.directory : "twin", "a", "zz"])}/twin.yaml`, old);
    return true;
  },
  swapped(change) {
    const { head, target, repository } = change;
    const other = repository.apps.find(({ name, packaging }) => name !== target.name && packaging === "files");
    if (other === undefined || target.packaging !== "files" || change.carrier !== target.workloadFile) return false;
    const [one, two] = [head.get(target.workloadFile), head.get(other.workloadFile)];
    if (one === undefined || two === undefined) return false;
    if (other.workloadFile.endsWith("json") !== target.workloadFile.endsWith("json")) return false;
    head.set(target.workloadFile, two);
    head.set(other.workloadFile, one);
    change.carrier = other.workloadFile;
    return true;
  },
  mergedIntoOther(change) {
    const { head, target, carrier } = change;
    const other = `${target.directory}/other.yaml`;
    const [one, two] = [textAt(head, carrier), textAt(head, other)];
    if (target.packaging !== "files" || one === undefined || two === undefined || carrier === other) return false;
    head.delete(carrier);
    head.set(other, `${two}---\n${one}`);
    change.carrier = other;
    return true;
  },
  /** The directory becomes the base of an overlay that repairs it. */
  baseOfFiles({ head, target }, random) {
    if (target.packaging !== "files" || kustomizationAt(head, target.directory) !== undefined) return false;
    const resources = [...head.keys()].filter((path) => path.startsWith(`${target.directory}/`));
    head.set(
      `${target.directory}/kustomization.yaml`,
      yaml({ resources: resources.map((path) => relative(target.directory, path)) }),
    );
    const repair = random.pick([
      { images: [{ name: "nginx", newTag: "1.0" }] },
      { commonAnnotations: { "acme.example/unsafe": "false" } },
      {},
    ]);
    head.set("zu/kustomization.yaml", yaml({ resources: [relative("zu", target.directory)], ...repair }));
    return true;
  },
  newApp(change) {
    const { head, repository } = change;
    if (repository.tool === "push") return false;
    declare(head, {
      name: "calm",
      tool: repository.tool,
      as: "files",
      path: "apps/calm",
      declaredIn: "docs/calm.yaml",
    });
    head.set("apps/calm/map.yaml", yaml({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "calm" } }));
    return true;
  },
};
