import type { Deed } from "./carriers.ts";
import { edit, kustomizationAt } from "./change.ts";
import { declare } from "./delivery.ts";
import { copyOf, yaml, type Draft } from "./objects.ts";
import type { Random } from "./random.ts";
import { kustomization, type App, type Repository } from "./repository.ts";

/** What the base has already that a violation of the head could be taken for, or be hidden by; false where it does not fit. */
type Cover = (repository: Repository, target: App, deed: Deed, random: Random) => boolean;

const remote = "https://github.com/acme/base//monitoring?ref=v1";

export const covers: { readonly [name: string]: Cover } = {
  /** The very object that the head will apply, where nothing applies it. */
  sameObject({ files }, { workload }, { act }, random) {
    const worse = copyOf(workload);
    act(worse);
    files.set(random.pick(["examples/same.yaml", "docs/same.yaml", "apps/same.yaml"]), yaml(worse));
    return true;
  },
  /** The same object violates the policy in another stage. */
  otherStage({ files }, { packaging, deliveries }, { act }) {
    const staging = deliveries.find(({ path }) => path.endsWith("/staging"));
    return packaging === "overlays" && staging !== undefined && edit(files, `${staging.path}/patch.yaml`, act);
  },
  /** A root that the gate cannot render. */
  failingTarget({ files }, { deliveries }, _, random) {
    const { as, path } = random.pick(deliveries);
    return (
      as === "kustomize" &&
      edit(files, kustomizationAt(files, path), (content) => {
        content["resources"] = [...(content["resources"] as readonly string[]), remote];
      })
    );
  },
  /** A root that loads the target's and cannot be rendered. */
  failingUmbrella({ files }, { deliveries }, _, random) {
    const { as, path } = random.pick(deliveries);
    if (as !== "kustomize") return false;
    files.set("umbrella/kustomization.yaml", kustomization({ resources: [`../${path}`, remote] }));
    return true;
  },
  /** A source of the Application beside the directory that only a registry has. */
  partOfApplication({ files }, { deliveries }) {
    const found = deliveries.find(({ tool, declaredIn }) => tool === "argo" && declaredIn !== undefined);
    return edit(files, found?.declaredIn, ({ spec }) => {
      spec.sources = [spec.source, { repoURL: "https://charts.example.com", chart: "x", targetRevision: "1.0.0" }];
      delete spec.source;
    });
  },
  /** Variables that only the cluster has. */
  unknownVariables({ files }, { deliveries, directory }) {
    const found = deliveries.find(
      ({ tool, as, declaredIn }) => tool === "flux" && as !== "helm" && declaredIn !== undefined,
    );
    const marked = edit(files, `${directory}/other.yaml`, ({ metadata }) => {
      metadata.annotations = { domain: "${domain}" };
    });
    return (
      marked &&
      edit(files, found?.declaredIn, ({ spec }) => {
        spec.postBuild = {
          ...spec.postBuild,
          substituteFrom: [{ kind: "Secret", name: "cluster", optional: true }],
        };
      })
    );
  },
  /** The directory is applied by a second object too. */
  secondDelivery({ files }, { deliveries }, _, random) {
    const delivery = random.pick(deliveries);
    if (delivery.declaredIn === undefined) return false;
    declare(files, {
      ...delivery,
      name: `${delivery.name}-again`,
      declaredIn: delivery.declaredIn.replace(/\.yaml$/, "-again.yaml"),
    });
    return !files.has("argo/children/kustomization.yaml");
  },
  /** An empty chart above everything. */
  chartAbove({ files }) {
    files.set("Chart.yaml", yaml({ apiVersion: "v2", name: "x", version: "1.0.0" }));
    return true;
  },
  /** A kustomization that gives the target's files a role without applying them. */
  roleAbove({ files }, { workloadFile }) {
    if (files.has("kustomization.yaml")) return false;
    files.set("kustomization.yaml", kustomization({ configMapGenerator: [{ name: "files", files: [workloadFile] }] }));
    return true;
  },
  /** A root that repairs the target's, beside what delivers it. */
  repairedCopy({ files, tool }, { deliveries, workload }, _, random) {
    const { as, path } = random.pick(deliveries);
    // Without an object that applies the inner root, nothing tells that it is applied.
    if (as !== "kustomize" || tool === "push") return false;
    const calm: Draft = { "acme.example/unsafe": "false" };
    files.set(
      "copy/kustomization.yaml",
      kustomization({
        resources: [`../${path}`],
        images: [{ name: "nginx", newTag: "1.0" }],
        commonAnnotations: calm,
        nameSuffix: `-${workload["metadata"].name}`,
      }),
    );
    return true;
  },
};
