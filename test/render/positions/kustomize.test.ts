import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { kustomizePlaces, type KustomizePlaces } from "../../../src/render/positions/kustomize.ts";
import { documentsIn, readRendered, type RenderedObject } from "../../../src/render/rendered-objects.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { treeFiles } from "../../renderers/tree-files.ts";
import { fixture } from "./kustomize-fixture.ts";
import { below } from "../../../src/manifest/pointer.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

interface Rendered {
  readonly objects: readonly RenderedObject[];
  readonly places: KustomizePlaces;
}
const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
const roots = new Map<string, Rendered>();
beforeAll(async () => {
  for (const root of ["top", "plain", "twice"]) roots.set(root, await rendered(root));
});
afterAll(() => {
  renderer.close();
});

async function rendered(root: string): Promise<Rendered> {
  const files = treeFiles(fixture);
  const outcome = await renderer.kustomize({ root, files, anywhere: true });
  if (outcome.kind !== "rendered") throw new Error(outcome.message);
  const reading = readRendered(documentsIn(outcome.answer.yaml));
  if (reading.kind !== "objects") throw new Error(reading.message);
  const { objects } = reading;
  return { objects, places: kustomizePlaces({ root, files, objects, origins: outcome.answer.origins }) };
}

/** `path:line text` of the place, with ` (source)` where only the source is known. */
function placed(root: string, object: string, pointer: string): string {
  const { objects, places } = roots.get(root)!;
  const [kind = "", name = ""] = object.split(" ");
  const index = objects.findIndex(({ identity }) => identity.kind === kind && identity.name.startsWith(name));
  expect([object, index]).not.toEqual([object, -1]);
  const found = places.place(index, pointer);
  if (found === undefined) return "nowhere";
  const line = fixture[found.path]?.split("\n")[found.place.line - 1] ?? "";
  const shown = /#@(\S+)/.exec(line)?.[1] ?? line.trim();
  return `${found.path}: ${shown}${found.precision === undefined ? "" : ` (${found.precision})`}`;
}

const web = "Deployment mid-web-eu";
const db = "StatefulSet mid-db-eu";
const service = "Service mid-web-eu";
const settings = "ConfigMap mid-settings-eu";
const pod = "/spec/template/spec";

test.each([
  // The object's own file.
  ["top", web, "/metadata/annotations/team", "base/web.yaml: team"],
  ["top", web, `${pod}/serviceAccountName`, "base/web.yaml: account"],
  ["top", web, `${pod}/containers/1/ports/1/containerPort`, "base/web.yaml: port-443"],
  ["top", web, `${pod}/containers/1/ports/0`, "base/web.yaml: port-80"],
  ["top", web, `${pod}/containers/1/env/2/value`, "base/web.yaml: env-a"],
  ["top", web, `${pod}/containers/0/args/1`, "base/web.yaml: args"],
  ["top", web, `${pod}/containers/1`, "base/web.yaml: web"],
  ["top", web, `${pod}/containers`, "base/web.yaml: containers"],
  ["top", web, "/spec/selector/matchLabels/tier", "base/web.yaml: selector"],
  ["top", web, `${pod}/containers/1/envFrom/0/configMapRef/name`, "base/web.yaml: reference"],
  ["top", service, "/spec/ports/0/port", "base/web.yaml: service-port"],
  ["top", db, "/spec/serviceName", "base/db.yaml: service-name"],
  ["top", "ClusterRoleBinding mid-runner-eu", "/roleRef/name", "base/rbac.yaml: role"],
  ["top", "ClusterRoleBinding mid-runner-eu", "/subjects/0/kind", "base/rbac.yaml: subject-kind"],
  ["top", "ConfigMap mid-one-eu", "/data/a", "base/items.yaml: one"],
  ["top", "ConfigMap mid-two-eu", "/data/b", "base/items.yaml: two"],
  ["top", "ConfigMap mid-extra-eu", "/data/x", "parts/extra.yaml: extra"],
  // A value that is not there: the deepest on the way to it.
  ["top", web, `${pod}/containers/1/securityContext/runAsNonRoot`, "base/web.yaml: web"],
  ["top", web, `${pod}/containers/0/resources`, "base/web.yaml: side"],
  ["top", web, `${pod}/containers/1/resources/limits/cpu`, "mid/web-patch.yaml: limits"],
  // Patches.
  ["top", web, `${pod}/containers/1/env/0/value`, "mid/web-patch.yaml: env-b"],
  ["top", web, `${pod}/containers/1/env/1/value`, "mid/web-patch.yaml: env-c"],
  ["top", web, `${pod}/containers/1/resources/limits/memory`, "mid/web-patch.yaml: limits"],
  ["top", web, `${pod}/containers/2/image`, "mid/web-patch.yaml: busybox"],
  ["top", web, `${pod}/containers/2`, "mid/web-patch.yaml: added-container"],
  ["top", web, `${pod}/containers/2/securityContext`, "mid/web-patch.yaml: added-container"],
  ["top", web, `${pod}/hostNetwork`, "top/kustomization.yaml: host-network"],
  ["top", web, `${pod}/containers/0/image`, "top/kustomization.yaml: side-image"],
  ["top", web, `${pod}/priorityClassName`, "parts/kustomization.yaml: priority"],
  ["top", web, `${pod}/containers/1/imagePullPolicy`, "parts/kustomization.yaml: pull"],
  ["top", db, `${pod}/containers/0/securityContext/privileged`, "mid/ops.yaml: privileged"],
  ["top", db, `${pod}/containers/0/args/1`, "mid/ops.yaml: value: [first, second]"],
  ["top", db, "/metadata/annotations/by", "mid/ops.yaml: by-ops"],
  ["top", service, "/spec/type", "mid/service.yaml: balancer"],
  ["top", service, "/spec/externalTrafficPolicy", "top/kustomization.yaml: json"],
  ["top", "ConfigMap mid-one-eu", "/data/added", "mid/kustomization.yaml: added"],
  // Fields of kustomizations, at whichever level.
  ["top", web, `${pod}/containers/1/image`, "mid/kustomization.yaml: nginx-tag"],
  ["top", db, `${pod}/containers/0/image`, "mid/kustomization.yaml: postgres"],
  ["top", web, "/spec/replicas", "mid/kustomization.yaml: replicas"],
  ["top", web, "/metadata/namespace", "top/kustomization.yaml: namespace"],
  ["top", "ClusterRoleBinding mid-runner-eu", "/subjects/0/namespace", "top/kustomization.yaml: namespace"],
  ["top", web, "/metadata/name", "top/kustomization.yaml: suffix"],
  ["top", web, "/metadata/labels/app", "base/kustomization.yaml: base-label"],
  ["top", web, "/spec/selector/matchLabels/app", "base/kustomization.yaml: base-label"],
  ["top", service, "/spec/selector/app", "base/kustomization.yaml: base-label"],
  ["top", web, "/spec/template/metadata/labels/part", "parts/kustomization.yaml: part"],
  ["top", "ConfigMap mid-extra-eu", "/metadata/labels/part", "parts/kustomization.yaml: part"],
  ["top", web, "/metadata/annotations/owner", "top/kustomization.yaml: owner"],
  ["top", db, "/spec/template/metadata/annotations/owner", "top/kustomization.yaml: owner"],
  ["top", db, `${pod}/containers/0/args/0`, "mid/kustomization.yaml: replaced"],
  ["top", service, "/metadata/annotations/copy.of", "mid/replacement.yaml: copied"],
  // Generators.
  ["top", settings, "/data/level", "top/kustomization.yaml: level"],
  ["top", settings, "/data/color", "base/kustomization.yaml: color"],
  ["top", settings, "/data/motd.txt", "base/kustomization.yaml: motd"],
  ["top", settings, "/data/other", "base/kustomization.yaml: other"],
  ["top", settings, "/data/PORT", "base/base.env: PORT=80"],
  ["top", settings, "/data/HOST", "base/base.env: HOST=a=b"],
  ["top", settings, "/metadata/labels/made", "base/kustomization.yaml: made"],
  ["top", settings, "/metadata/annotations/note", "base/kustomization.yaml: note"],
  ["top", settings, "/data", "base/kustomization.yaml: settings-name (source)"],
  ["top", "Secret mid-token-eu", "/data/pass", "base/kustomization.yaml: pass"],
  ["top", "Secret mid-token-eu", "/type", "base/kustomization.yaml: type"],
  ["top", "Secret mid-token-eu", "", "base/kustomization.yaml: token (source)"],
  // What cannot be known, and what two overlays tell apart.
  ["plain", "Pod pod", "/spec/containers/0/image", "plain/kustomization.yaml: pod-entry (source)"],
  ["plain", "Pod pod", "/spec/containers/0/name", "plain/pod.yaml: - name: app"],
  ["twice", "Deployment a-same", "/spec/replicas", "twice/a/kustomization.yaml: twice-a"],
  ["twice", "Deployment b-same", "/spec/replicas", "twice/b/kustomization.yaml: twice-b"],
  ["twice", "Deployment b-same", "/spec/paused", "plain-base/same.yaml: paused"],
  ["twice", "Deployment b-same", "", "plain-base/same.yaml: apiVersion: apps/v1"],
])("in %s, %s%s comes from %s", (root, object, pointer, expected) => {
  expect(placed(root, object, pointer)).toBe(expected);
});

test("no value of any object is placed on a line that says something else", () => {
  const wrong: string[] = [];
  for (const [root, { objects, places }] of roots) {
    for (const [index, { value, identity }] of objects.entries()) {
      for (const [pointer, leaf] of leavesOf(value, "")) {
        const found = places.place(index, pointer);
        if (found === undefined || found.precision !== undefined) continue;
        const lines = fixture[found.path]!.split("\n").slice(found.place.line - 1, found.place.endLine);
        const text = lines.join("\n");
        const parts = String(leaf).split(/[@:]/);
        const named =
          /name$/i.test(pointer) || found.path.endsWith("kustomization.yaml") || found.path === "mid/replacement.yaml";
        if (!named && !parts.every((part) => text.includes(part)))
          wrong.push(`${root} ${identity.name} ${pointer}: ${text}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

function leavesOf(value: unknown, pointer: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[pointer, value]];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, below(pointer, key)));
}
