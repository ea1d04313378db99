import { declare, gitRepository, type Delivery, type Files } from "./delivery.ts";
import { companion, copyOf, here, patchOf, podSpecOf, workload, yaml, type Draft } from "./objects.ts";
import type { Random } from "./random.ts";

/** One application of a repository. */
export interface App {
  readonly name: string;
  /** The directory with all of its files. */
  readonly directory: string;
  readonly packaging: "files" | "root" | "overlays" | "chart";
  /** The file with the workload; of a chart its template. */
  readonly workloadFile: string;
  readonly workload: Draft;
  readonly deliveries: readonly Delivery[];
}

/** A repository before the change, and what a cluster gets of it. */
export interface Repository {
  readonly tool: Delivery["tool"];
  readonly files: Files;
  readonly apps: readonly App[];
  /** Of all apps, and of the directories with GitOps objects. */
  readonly deliveries: readonly Delivery[];
  /** A directory that nothing applies, with an object that violates the policy. */
  readonly example?: string;
  readonly environments: boolean;
}

const names = ["web", "api", "shop"] as const;

export function makeRepository(random: Random): Repository {
  const files: Files = new Map();
  const tool = random.pick(["argo", "flux", "push"] as const);
  const scheme = schemeOf(tool, random);
  const apps = names
    .slice(0, random.pick([1, 1, 2, 2, 3]))
    .map((name) => makeApp({ name, tool, scheme, files, random }))
    .filter((app) => app !== undefined);
  if (tool === "flux") files.set("clusters/prod/source.yaml", yaml(gitRepository));
  const parents = declareParents(scheme, files, apps);
  if (random.chance(0.2)) files.set("README.md", "# Fleet\n");
  const example = random.chance(0.3) ? "examples" : undefined;
  if (example !== undefined) {
    files.set(
      "examples/bad.yaml",
      yaml({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "bad" },
        spec: { hostNetwork: true, containers: [{ name: "main", image: "nginx:1.0" }] },
      }),
    );
  }
  if (random.chance(0.15)) brokenUmbrella(files, apps);
  return {
    tool,
    files,
    apps,
    deliveries: [...apps.flatMap(({ deliveries }) => deliveries), ...parents],
    ...(example === undefined ? {} : { example }),
    environments: random.chance(0.3) && apps.some(({ packaging }) => packaging === "overlays"),
  };
}

/** How the GitOps objects themselves are found. */
type Scheme = "plain" | "app-of-apps" | "app-of-apps-root" | "set-of-directories" | "set-of-elements" | "sync";

function schemeOf(tool: Delivery["tool"], random: Random): Scheme {
  if (tool === "argo") {
    return random.pick(["plain", "app-of-apps", "app-of-apps-root", "set-of-directories", "set-of-elements"] as const);
  }
  return tool === "flux" ? random.pick(["plain", "sync"] as const) : "plain";
}

interface AppRequest {
  readonly name: string;
  readonly tool: Delivery["tool"];
  readonly scheme: Scheme;
  readonly files: Files;
  readonly random: Random;
}

function makeApp(request: AppRequest): App | undefined {
  const { name, scheme, files, random } = request;
  const directory = `apps/${name}`;
  const packaging =
    scheme === "set-of-directories"
      ? random.pick(["files", "root", "chart"] as const)
      : random.pick(["files", "root", "overlays", "chart"] as const);
  // A Kustomization sets the namespace of its own objects; others are written with it.
  const namespace = request.tool === "flux" && random.chance(0.5) ? undefined : name;
  const object = workload(random, name, namespace);
  const made = { name, directory, packaging, workload: object } as const;
  switch (packaging) {
    case "files": {
      const workloadFile = `${directory}/${random.pick(filesOf(request))}`;
      files.set(workloadFile, workloadFile.endsWith("json") ? JSON.stringify(object) : yaml(object));
      if (random.chance(0.7)) files.set(`${directory}/other.yaml`, yaml(companion(random, name, namespace)));
      return { ...made, workloadFile, deliveries: deliver(request, packaging, [directory]) };
    }
    case "root": {
      const workloadFile = `${directory}/workload.yaml`;
      files.set(workloadFile, yaml(object));
      files.set(`${directory}/other.yaml`, yaml(companion(random, name, namespace)));
      files.set(
        `${directory}/kustomization.yaml`,
        kustomization({ resources: ["workload.yaml", "other.yaml"], ...extras(random) }),
      );
      return { ...made, workloadFile, deliveries: deliver(request, packaging, [directory]) };
    }
    case "overlays": {
      const workloadFile = `${directory}/base/workload.yaml`;
      files.set(workloadFile, yaml(object));
      files.set(`${directory}/base/other.yaml`, yaml(companion(random, name, namespace)));
      files.set(`${directory}/base/kustomization.yaml`, kustomization({ resources: ["workload.yaml", "other.yaml"] }));
      const stages = random.chance(0.5) ? ["prod"] : ["prod", "staging"];
      const component = random.chance(0.3);
      if (component) {
        files.set(
          `${directory}/component/kustomization.yaml`,
          yaml({
            apiVersion: "kustomize.config.k8s.io/v1alpha1",
            kind: "Component",
            commonAnnotations: { team: name },
          }),
        );
      }
      for (const stage of stages) {
        const overlay = `${directory}/overlays/${stage}`;
        files.set(
          `${overlay}/kustomization.yaml`,
          kustomization({
            resources: ["../../base"],
            ...(component ? { components: ["../../component"] } : {}),
            patches: [{ path: "patch.yaml" }],
            ...extras(random),
          }),
        );
        files.set(`${overlay}/patch.yaml`, yaml(patchOf(object, ({ metadata }) => (metadata.labels = { stage }))));
      }
      return {
        ...made,
        workloadFile,
        deliveries: deliver(
          request,
          packaging,
          stages.map((stage) => `${directory}/overlays/${stage}`),
        ),
      };
    }
    case "chart": {
      const workloadFile = `${directory}/templates/workload.yaml`;
      files.set(`${directory}/Chart.yaml`, yaml({ apiVersion: "v2", name, version: "1.0.0" }));
      files.set(`${directory}/values.yaml`, yaml({ tag: "1.0", annotations: { team: name }, pod: {} }));
      if (random.chance(0.5)) files.set(`${directory}/values-prod.yaml`, yaml({ annotations: { stage: "prod" } }));
      files.set(workloadFile, template(object));
      files.set(`${directory}/templates/other.yaml`, yaml(companion(random, name, namespace)));
      return { ...made, workloadFile, deliveries: deliver(request, packaging, [directory]) };
    }
  }
}

/** Where a directory of plain files may have the workload. */
function filesOf({ tool, scheme }: AppRequest): readonly string[] {
  // Flux reads no JSON there, and a generated Application no directory below.
  if (tool === "flux") return ["workload.yaml", "deep/workload.yml"];
  const isFlat = scheme === "set-of-directories" || scheme === "set-of-elements";
  return ["workload.yaml", "workload.json", ...(isFlat ? [] : ["deep/workload.yml"])];
}

function extras(random: Random): Draft {
  return random.pick<Draft>([
    {},
    {},
    { commonAnnotations: { owner: "team" } },
    { images: [{ name: "nginx", newTag: "1.0" }] },
    { configMapGenerator: [{ name: "settings", literals: ["a=1"] }] },
  ]);
}

export function kustomization(content: Draft): string {
  return yaml({ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", ...content });
}

/** The workload as a template whose image, annotations and fields of the pod come of values. */
export function template(object: Draft): string {
  const marked = copyOf(object);
  podSpecOf(marked)["VALUES"] = 1;
  marked["metadata"].annotations = "VALUES";
  return yaml(marked)
    .replace("image: nginx:1.0", 'image: "nginx:{{ .Values.tag }}"')
    .replace("annotations: VALUES", "annotations: {{ toJson .Values.annotations }}")
    .replace(
      /^( *)VALUES: 1$/m,
      "$1{{- range $key, $value := .Values.pod }}\n$1{{ $key }}: {{ toJson $value }}\n$1{{- end }}",
    );
}

function deliver(
  { name, tool, scheme, files, random }: AppRequest,
  packaging: App["packaging"],
  paths: readonly string[],
): readonly Delivery[] {
  const as = packaging === "files" ? "files" : packaging === "chart" ? "helm" : "kustomize";
  return paths.map((path) => {
    const suffix = paths.length > 1 ? `-${path.slice(path.lastIndexOf("/") + 1)}` : "";
    const generated = scheme === "set-of-directories" || scheme === "set-of-elements";
    const declaredIn =
      tool === "push" || generated ? undefined : `${objectsDirectory(tool, scheme)}/${name}${suffix}.yaml`;
    const delivery: Delivery = {
      name: `${name}${suffix}`,
      tool,
      as,
      path,
      ...(declaredIn === undefined ? {} : { declaredIn }),
      ...(generated ? { flat: true as const } : {}),
      ...(as === "helm" && !generated && files.has(`${path}/values-prod.yaml`) && tool !== "push"
        ? { valueFiles: ["values.yaml", "values-prod.yaml"] }
        : {}),
      ...(as === "helm" && declaredIn !== undefined && random.chance(0.3)
        ? { values: { annotations: { cluster: "a" } } }
        : {}),
      ...(as === "kustomize" && tool === "flux" && random.chance(0.3) ? { substitute: { cluster: "prod" } } : {}),
    };
    declare(files, delivery);
    return delivery;
  });
}

function objectsDirectory(tool: Delivery["tool"], scheme: Scheme): string {
  if (tool === "flux") return "clusters/prod";
  return scheme === "plain" ? "argo" : "argo/children";
}

/** Writes the objects that apply the GitOps objects of the apps, or generate them. */
function declareParents(scheme: Scheme, files: Files, apps: readonly App[]): readonly Delivery[] {
  const children = [...files.keys()].filter((path) => path.startsWith("argo/children/"));
  const argo = { name: "fleet", tool: "argo", path: "argo/children", declaredIn: "argo/fleet.yaml" } as const;
  const made: Delivery[] = [];
  switch (scheme) {
    case "plain":
      break;
    case "app-of-apps":
      made.push({ ...argo, as: "files" });
      break;
    case "app-of-apps-root":
      files.set(
        "argo/children/kustomization.yaml",
        kustomization({ resources: children.map((path) => path.slice("argo/children/".length)) }),
      );
      made.push({ ...argo, as: "kustomize" });
      break;
    case "sync":
      made.push({
        name: "fleet",
        tool: "flux",
        as: "files",
        path: "clusters/prod",
        declaredIn: "clusters/prod/fleet.yaml",
      });
      break;
    case "set-of-directories": {
      const generator = { git: { repoURL: here, revision: "main", directories: [{ path: "apps/*" }] } };
      files.set("argo/set.yaml", yaml(setOf(generator, "{{path.basename}}", "{{path}}")));
      break;
    }
    case "set-of-elements": {
      const elements = apps.flatMap(({ deliveries }) => deliveries.map(({ name, path }) => ({ name, path })));
      files.set("argo/set.yaml", yaml(setOf({ list: { elements } }, "{{name}}", "{{path}}")));
      break;
    }
  }
  for (const delivery of made) declare(files, delivery, ({ spec }) => delete spec.targetNamespace);
  return made;
}

function setOf(generator: Draft, name: string, path: string): Draft {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ApplicationSet",
    metadata: { name: "fleet", namespace: "argocd" },
    spec: {
      generators: [generator],
      template: {
        metadata: { name },
        spec: {
          project: "default",
          destination: { server: "https://kubernetes.default.svc", namespace: name },
          source: { repoURL: here, targetRevision: "main", path },
        },
      },
    },
  };
}

/** A root that loads all others and cannot be rendered. */
function brokenUmbrella(files: Files, apps: readonly App[]): void {
  const roots = apps.filter(({ packaging }) => packaging === "root").map(({ directory }) => `../${directory}`);
  if (roots.length === 0) return;
  files.set(
    "umbrella/kustomization.yaml",
    kustomization({ resources: [...roots, "https://github.com/acme/base//monitoring?ref=v1"] }),
  );
}
