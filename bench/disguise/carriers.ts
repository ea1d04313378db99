import { declare, type Delivery } from "./delivery.ts";
import { directoryOf, edit, kustomizationAt, relative, type Change } from "./change.ts";
import { copyOf, patchOf, podSpecOf, yaml, type Draft } from "./objects.ts";
import type { Random } from "./random.ts";
import { kustomization, template } from "./repository.ts";

/** What the pull request does to a workload: violates the policy, or not. */
export interface Deed {
  readonly name: string;
  readonly act: (workload: Draft) => void;
}

/** Writes a deed into one file of the head; false where the repository has no such place. */
type Carrier = (change: Change, deed: Deed, random: Random) => boolean;

const deliveryOf = ({ target, deliveries }: Change, random: Random): Delivery => {
  const names = new Set(target.deliveries.map(({ name }) => name));
  return random.pick(deliveries.filter(({ name }) => names.has(name)));
};

function redeclare(change: Change, old: Delivery, now: Delivery): boolean {
  if (now.declaredIn === undefined) return false;
  change.deliveries = change.deliveries.map((one) => (one === old ? now : one));
  declare(change.head, now);
  change.carrier = now.declaredIn;
  return true;
}

export const carriers: { readonly [name: string]: Carrier } = {
  manifest(change, { act }) {
    const { target, head } = change;
    const worse = copyOf(target.workload);
    act(worse);
    change.carrier = target.workloadFile;
    if (target.packaging === "chart") head.set(target.workloadFile, annotated(template(worse), worse));
    else head.set(target.workloadFile, target.workloadFile.endsWith(".json") ? JSON.stringify(worse) : yaml(worse));
    return true;
  },
  patchFile(change, { act }, random) {
    if (change.target.packaging !== "overlays") return false;
    change.carrier = `${deliveryOf(change, random).path}/patch.yaml`;
    return edit(change.head, change.carrier, act);
  },
  inlinePatch(change, { act }, random) {
    const { as, path } = deliveryOf(change, random);
    const file = kustomizationAt(change.head, path);
    if (as !== "kustomize" || file === undefined) return false;
    change.carrier = file;
    return edit(change.head, file, (content) => {
      content["patches"] = [...(content["patches"] ?? []), { patch: yaml(patchOf(change.target.workload, act)) }];
    });
  },
  images(change, { name }, random) {
    const { as, path } = deliveryOf(change, random);
    const file = kustomizationAt(change.head, path);
    if (as !== "kustomize" || file === undefined) return false;
    change.carrier = file;
    return edit(change.head, file, (content) => {
      content["images"] = [{ name: "nginx", newTag: name === "harmless" ? "1.1" : "latest" }];
    });
  },
  annotations(change, { name }, random) {
    const { as, path } = deliveryOf(change, random);
    const file = kustomizationAt(change.head, path);
    if (as !== "kustomize" || file === undefined) return false;
    change.carrier = file;
    return edit(change.head, file, (content) => {
      content["commonAnnotations"] = { "acme.example/unsafe": name === "harmless" ? "no" : "true" };
    });
  },
  newFile(change, { act }, random) {
    const { target, head } = change;
    const { as, path, flat } = deliveryOf(change, random);
    const pod = podOf(target.name, act);
    const name = as !== "files" || flat === true || random.chance(0.6) ? "extra.yaml" : "more/extra.yaml";
    change.carrier = as === "helm" ? `${path}/templates/${name}` : `${path}/${name}`;
    head.set(change.carrier, yaml(pod));
    if (as !== "kustomize") return true;
    return edit(head, kustomizationAt(head, path), (content) => {
      content["resources"] = [...content["resources"], name];
    });
  },
  newComponent(change, { act }, random) {
    const { as, path } = deliveryOf(change, random);
    if (as !== "kustomize") return false;
    const directory = `${change.target.directory}/hardening`;
    change.carrier = `${directory}/kustomization.yaml`;
    change.head.set(
      change.carrier,
      yaml({
        apiVersion: "kustomize.config.k8s.io/v1alpha1",
        kind: "Component",
        patches: [{ patch: yaml(patchOf(change.target.workload, act)) }],
      }),
    );
    return edit(change.head, kustomizationAt(change.head, path), (content) => {
      content["components"] = [...(content["components"] ?? []), relative(path, directory)];
    });
  },
  values(change, deed, random) {
    const { as, path, valueFiles } = deliveryOf(change, random);
    if (as !== "helm") return false;
    change.carrier = `${path}/${random.pick(valueFiles ?? ["values.yaml"])}`;
    return edit(change.head, change.carrier, (content) => Object.assign(content, valuesOf(deed)));
  },
  objectValues(change, deed, random) {
    const delivery = deliveryOf(change, random);
    if (delivery.as !== "helm") return false;
    return redeclare(change, delivery, { ...delivery, values: { ...delivery.values, ...valuesOf(deed) } });
  },
  objectPatches(change, { act }, random) {
    const delivery = deliveryOf(change, random);
    if (delivery.as !== "kustomize" && !(delivery.tool === "flux" && delivery.as === "files")) return false;
    return redeclare(change, delivery, {
      ...delivery,
      as: "kustomize",
      patches: [patchOf(change.target.workload, act)],
    });
  },
  objectImages(change, { name }, random) {
    const delivery = deliveryOf(change, random);
    if (delivery.as !== "kustomize") return false;
    const newTag = name === "harmless" ? "1.1" : "latest";
    return redeclare(change, delivery, { ...delivery, images: [{ name: "nginx", newTag }] });
  },
  substitute(change, { name }, random) {
    const delivery = deliveryOf(change, random);
    if (delivery.tool !== "flux" || delivery.as === "helm") return false;
    if (!edit(change.head, change.target.workloadFile, variableImage)) return false;
    const tag = name === "harmless" ? "1.1" : "latest";
    return redeclare(change, delivery, { ...delivery, substitute: { tag } });
  },
  /** A file that nothing applied becomes one of the app. */
  deployedExample(change, { name, act }, random) {
    const { example } = change.repository;
    const { as, path } = deliveryOf(change, random);
    if (example === undefined || as === "helm") return false;
    change.carrier = `${path}/bad.yaml`;
    const moved = random.chance(0.5);
    const file = name === "harmless" ? yaml(podOf("bad", act)) : change.head.get(`${example}/bad.yaml`);
    if (file === undefined) return false;
    change.head.set(change.carrier, file);
    if (moved) change.head.delete(`${example}/bad.yaml`);
    if (as !== "kustomize") return true;
    return edit(change.head, kustomizationAt(change.head, path), (content) => {
      content["resources"] = [...content["resources"], "bad.yaml"];
    });
  },
  /** A directory that nothing applied gets a GitOps object of its own. */
  newObject(change, { act }) {
    const { tool } = change.repository;
    if (tool === "push") return false;
    change.carrier = "apps/new/pod.yaml";
    const declaredIn = tool === "flux" ? "clusters/prod/new.yaml" : "argo/new.yaml";
    change.head.set(change.carrier, yaml(podOf("new", act)));
    const delivery: Delivery = { name: "new", tool, as: "files", path: "apps/new", declaredIn };
    declare(change.head, delivery);
    change.deliveries = [...change.deliveries, delivery];
    return true;
  },
  /** A workload among the GitOps objects. */
  amongObjects(change, { act }) {
    const parent = change.repository.deliveries.find(
      ({ path }) => path === "argo/children" || path === "clusters/prod",
    );
    if (parent?.as !== "files") return false;
    change.carrier = `${parent.path}/pod.yaml`;
    change.head.set(change.carrier, yaml(podOf("among", act)));
    return true;
  },
  /** A new overlay of the base, beside those that are delivered. */
  newRoot(change, { act }) {
    const { target, repository, head } = change;
    if (target.packaging !== "overlays" || repository.tool !== "push") return false;
    const path = `${target.directory}/overlays/canary`;
    change.carrier = `${path}/kustomization.yaml`;
    head.set(
      change.carrier,
      kustomization({
        resources: ["../../base"],
        patches: [{ patch: yaml(patchOf(target.workload, act)) }],
      }),
    );
    change.deliveries = [...change.deliveries, { name: "canary", tool: "push", as: "kustomize", path }];
    return directoryOf(path) !== "";
  },
};

function variableImage(workload: Draft): void {
  podSpecOf(workload)["containers"][0].image = "nginx:${tag:=1.0}";
}

function podOf(name: string, act: Deed["act"]): Draft {
  const pod: Draft = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-extra`, namespace: name },
    spec: { containers: [{ name: "main", image: "nginx:1.0" }] },
  };
  act(pod);
  return pod;
}

/** The values of a chart that do to its workload what a deed does. */
function valuesOf({ name }: Deed): Draft {
  switch (name) {
    case "image":
      return { tag: "latest" };
    case "annotation":
      return { annotations: { "acme.example/unsafe": "true" } };
    case "harmless":
      return { tag: "1.1" };
    default:
      return { pod: { hostNetwork: true } };
  }
}

/** A template whose annotations are what the workload has and not its values. */
function annotated(text: string, { metadata }: Draft): string {
  if (metadata.annotations === undefined) return text;
  return text.replace("{{ toJson .Values.annotations }}", JSON.stringify(metadata.annotations));
}
