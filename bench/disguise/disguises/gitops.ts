import { edit, move, type Change, type Disguise } from "../change.ts";
import type { Delivery } from "../delivery.ts";
import { yaml, type Draft } from "../objects.ts";
import type { Random } from "../random.ts";

/** A delivery of the target whose object is written in a file of its own. */
function declared(
  { target, deliveries, head }: Change,
  random: Random,
): (Delivery & { declaredIn: string }) | undefined {
  const names = new Set(target.deliveries.map(({ name }) => name));
  const found = deliveries.filter(
    (one): one is Delivery & { declaredIn: string } =>
      names.has(one.name) && one.declaredIn !== undefined && head.has(one.declaredIn),
  );
  return found.length === 0 ? undefined : random.pick(found);
}

/** What turns an object to content that is in no tree that the gate sees. */
function turned(name: string, change: (spec: Draft) => void): Disguise {
  return (pull, random) => {
    const delivery = declared(pull, random);
    if (delivery === undefined || (delivery.tool !== "argo" && name !== "suspend")) return false;
    return unseeing(pull, [delivery], () => edit(pull.head, delivery.declaredIn, ({ spec }) => change(spec)));
  };
}

/** Does what takes a part of deliveries out of the gate's sight. */
function unseeing(change: Change, deliveries: readonly Delivery[], act: () => boolean): boolean {
  const done = act();
  if (done) for (const { name } of deliveries) change.unseen.add(name);
  return done;
}

function of(change: Change, tool: Delivery["tool"]): readonly Delivery[] {
  return change.deliveries.filter((one) => one.tool === tool);
}

export const gitops: { readonly [name: string]: Disguise } = {
  objectGoes(change, random) {
    const delivery = declared(change, random);
    if (delivery === undefined) return false;
    change.head.delete(delivery.declaredIn);
    edit(change.head, "argo/children/kustomization.yaml", (content) => {
      content["resources"] = (content["resources"] as readonly string[]).filter(
        (name) => `argo/children/${name}` !== delivery.declaredIn,
      );
    });
    change.deliveries = change.deliveries.filter((one) => one !== delivery);
    return true;
  },
  elementGoes(change) {
    return edit(change.head, "argo/set.yaml", ({ spec }) => {
      const [generator] = spec.generators;
      if (generator.list !== undefined) {
        generator.list.elements = generator.list.elements.filter(
          (one: Draft) => !String(one["name"]).startsWith(change.target.name),
        );
      } else generator.git.directories.push({ path: change.target.directory, exclude: true });
      const names = new Set(change.target.deliveries.map(({ name }) => name));
      change.deliveries = change.deliveries.filter(({ name }) => !names.has(name));
    });
  },
  setGoes(change) {
    if (!change.head.delete("argo/set.yaml")) return false;
    change.deliveries = change.deliveries.filter(({ tool }) => tool !== "argo");
    return true;
  },
  suspended(change, random) {
    const delivery = declared(change, random);
    if (delivery?.tool !== "flux") return false;
    change.deliveries = change.deliveries.filter((one) => one !== delivery);
    return edit(change.head, delivery.declaredIn, ({ spec }) => (spec.suspend = true));
  },
  renamedObject(change, random) {
    const delivery = declared(change, random);
    if (delivery === undefined || delivery.as === "helm") return false;
    return edit(change.head, delivery.declaredIn, ({ metadata }) => (metadata.name = `${metadata.name}-next`));
  },
  movedObject(change, random) {
    const delivery = declared(change, random);
    if (delivery === undefined || delivery.declaredIn.startsWith("argo/children/")) return false;
    return move(change, delivery.declaredIn, delivery.declaredIn.replace(/\/([^/]*)$/, "/moved-$1"));
  },
  otherRevision: turned("revision", (spec) => ((spec["source"] ?? spec)["targetRevision"] = "feature")),
  otherTag: turned("tag", (spec) => ((spec["source"] ?? spec)["targetRevision"] = "v1.2.3")),
  otherRepository: turned("repository", (spec) => {
    if (spec["source"] !== undefined) spec["source"].repoURL = "https://github.com/mallory/fleet";
  }),
  plugin: turned("plugin", (spec) => {
    if (spec["source"] !== undefined) spec["source"].plugin = { name: "x" };
  }),
  secondSource: turned("sources", (spec) => {
    spec["sources"] = [spec["source"], { repoURL: "https://charts.example.com", chart: "x", targetRevision: "1.0.0" }];
    delete spec["source"];
  }),
  setOtherRevision(change) {
    return unseeing(change, of(change, "argo"), () =>
      edit(change.head, "argo/set.yaml", ({ spec }) => (spec.template.spec.source.targetRevision = "feature")),
    );
  },
  sourceOtherBranch(change, random) {
    return unseeing(change, of(change, "flux"), () =>
      edit(change.head, "clusters/prod/source.yaml", ({ spec }) => {
        spec.ref = random.pick<Draft>([
          { branch: "feature" },
          { tag: "v1" },
          { commit: "0123456789012345678901234567890123456789" },
        ]);
      }),
    );
  },
  otherSource(change, random) {
    const delivery = declared(change, random);
    if (delivery?.tool !== "flux") return false;
    return unseeing(change, [delivery], () =>
      edit(change.head, delivery.declaredIn, ({ spec }) => ((spec.chart?.spec ?? spec).sourceRef.name = "mallory")),
    );
  },
  secondSourceOfThatName(change) {
    if (!change.head.has("clusters/prod/source.yaml")) return false;
    change.head.set(
      "docs/source.yaml",
      yaml({
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        metadata: { name: "fleet", namespace: "flux-system" },
        spec: { interval: "1m", url: "https://github.com/mallory/fleet", ref: { branch: "main" } },
      }),
    );
    return true;
  },
  sourceGoes(change) {
    return unseeing(change, of(change, "flux"), () => change.head.delete("clusters/prod/source.yaml"));
  },
  excludedByObject(change, random) {
    const delivery = declared(change, random);
    if (delivery?.tool !== "argo" || delivery.as !== "files") return false;
    let done = false;
    edit(change.head, delivery.declaredIn, ({ spec }) => {
      // An ApplicationSet has it in its template; another disguise may have taken it away.
      const directory = (spec.source ?? spec.template?.spec?.source)?.directory;
      if (directory === undefined) return;
      directory.exclude = random.pick(["*.yaml", "*", "{workload.yaml,extra.yaml}"]);
      done = true;
    });
    if (done) change.deliveries = change.deliveries.filter((one) => one !== delivery);
    return done;
  },
  otherDestination(change, random) {
    const delivery = declared(change, random);
    if (delivery?.tool !== "argo") return false;
    return edit(
      change.head,
      delivery.declaredIn,
      ({ spec }) => (spec.destination = { name: "elsewhere", namespace: "other" }),
    );
  },
  targetNamespace(change, random) {
    const delivery = declared(change, random);
    if (delivery?.tool !== "flux") return false;
    return edit(change.head, delivery.declaredIn, ({ spec }) => (spec.targetNamespace = "other"));
  },
};
