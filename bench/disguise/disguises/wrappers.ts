import { directoryOf, edit, kustomizationAt, relative, type Change, type Disguise } from "../change.ts";
import { declare, type Delivery } from "../delivery.ts";
import { patchOf, podSpecOf, yaml, type Draft } from "../objects.ts";
import type { Random } from "../random.ts";
import { kustomization } from "../repository.ts";

/** What a kustomization says that hides a violation of the target from whatever it renders. */
function repairs({ target: { workload } }: Change, random: Random): Draft {
  return random.pick<() => Draft>([
    () => ({ patches: [{ patch: yaml({ ...patchOf(workload, () => {}), $patch: "delete" }) }] }),
    () => ({ patches: [{ target: { kind: "." }, patch: yaml({ ...patchOf(workload, () => {}), $patch: "delete" }) }] }),
    () => ({
      images: [{ name: "nginx", newTag: "1.0" }],
      commonAnnotations: { "acme.example/unsafe": "false" },
      patches: [
        {
          target: { kind: workload["kind"] },
          patch: yaml(
            patchOf(workload, (patch) => {
              Object.assign(podSpecOf(patch), {
                hostNetwork: false,
                hostPID: false,
                volumes: null,
                containers: [{ name: "main", image: "nginx:1.0", securityContext: { privileged: false } }],
              });
            }),
          ),
        },
      ],
    }),
    () => ({}),
  ])();
}

const somewhere = ["zz", "apps/zz", "docs/example", ".github/k", "a"] as const;

export const wrappers: { readonly [name: string]: Disguise } = {
  wrapperRoot(change, random) {
    const { target, head } = change;
    const { path, as } = random.pick(target.deliveries);
    const directory = random.pick([...somewhere, directoryOf(path), target.directory]);
    const file = `${directory}/kustomization.yaml`;
    if (as === "helm" || head.has(file) || directory === path) return false;
    const inner =
      as === "kustomize"
        ? [relative(directory, path)]
        : [...head.keys()].filter((one) => one.startsWith(`${path}/`)).map((one) => relative(directory, one));
    head.set(file, kustomization({ resources: inner, ...repairs(change, random) }));
    return true;
  },
  wrapperOfBase(change, random) {
    const { target, head } = change;
    const directory = random.pick(somewhere);
    if (target.packaging !== "overlays") return false;
    head.set(
      `${directory}/kustomization.yaml`,
      kustomization({ resources: [relative(directory, `${target.directory}/base`)], ...repairs(change, random) }),
    );
    return true;
  },
  wrapperComponent(change, random) {
    const { target, head } = change;
    const { path, as } = random.pick(target.deliveries);
    if (as !== "kustomize") return false;
    head.set(
      "zy/kustomization.yaml",
      yaml({ apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component", ...repairs(change, random) }),
    );
    head.set("zx/kustomization.yaml", kustomization({ resources: [relative("zx", path)], components: ["../zy"] }));
    return true;
  },
  targetBecomesComponent(change, random) {
    const { target, head } = change;
    const { path, as } = random.pick(target.deliveries);
    if (as !== "kustomize") return false;
    const found = edit(head, kustomizationAt(head, path), (content) => {
      content["apiVersion"] = "kustomize.config.k8s.io/v1alpha1";
      content["kind"] = "Component";
    });
    if (found)
      head.set(
        "zw/kustomization.yaml",
        kustomization({ components: [relative("zw", path)], ...repairs(change, random) }),
      );
    return found;
  },
  wrapperApplication: (change, random) => wrapperObject(change, random, "argo"),
  wrapperFlux: (change, random) => wrapperObject(change, random, "flux"),
  failingWrapper(change, random) {
    const { target, head } = change;
    const { path, as } = random.pick(target.deliveries);
    if (as !== "kustomize") return false;
    const broken = random.pick([
      "https://github.com/acme/base//x?ref=v1",
      "../missing",
      "git::ssh://git@example.com/x.git",
    ]);
    head.set("zv/kustomization.yaml", kustomization({ resources: [relative("zv", path), broken] }));
    return true;
  },
  umbrellaChanges(change) {
    return edit(change.head, "umbrella/kustomization.yaml", (content) => {
      content["patches"] = [{ target: { kind: "ConfigMap" }, patch: "- {op: remove, path: /data}" }];
    });
  },
  umbrellaGoes: ({ head }) => head.delete("umbrella/kustomization.yaml"),
};

function wrapperObject(change: Change, random: Random, tool: "argo" | "flux"): boolean {
  const { target, head } = change;
  const { path, as, name } = random.pick(target.deliveries);
  const hides = as === "kustomize" ? repairs(change, random) : {};
  const delivery: Delivery = {
    name: random.pick([name, `${name}-copy`]),
    tool,
    as,
    path,
    declaredIn: random.pick(["docs/wrapper.yaml", "zz/wrapper.yaml", `${target.directory}/wrapper.yaml`]),
    ...(as === "helm" ? { values: { tag: "1.0", annotations: {}, pod: {} } } : {}),
  };
  const inTarget = delivery.declaredIn?.startsWith(path) === true;
  if (inTarget && as === "helm") return false;
  declare(head, delivery, ({ spec }) => {
    if (as !== "kustomize") return;
    if (tool === "flux") Object.assign(spec, hides);
    else spec.source.kustomize = { ...hides, images: ["nginx:1.0"] };
    if (tool === "flux" && random.chance(0.2)) spec.suspend = true;
  });
  return true;
}
