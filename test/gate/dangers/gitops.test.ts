import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { builtinIds } from "../../../src/gate/builtin-ids.ts";
import { createDangers } from "../../../src/gate/dangers/create-dangers.ts";
import { twoOwners } from "../../../src/gate/dangers/two-owners.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { dangersOf, manifest, sentence, source, state } from "./states.ts";

const object = (kind: string, name: string): string =>
  `apiVersion: ${kind === "Deployment" ? "apps/v1" : "v1"}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\n`;
const APPLICATION =
  "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: shop, namespace: argocd }\nspec: { source: { path: a } }\n";
const KUSTOMIZATION =
  "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: shop, namespace: flux-system }\nspec: { path: a }\n";

/** Where GitOps objects are declared. */
const FILE = { position: { path: "clusters/production/gitops.yaml", document: 0, line: 3, pointer: "" } };
const application = (traits: object) => source("Application argocd/shop", "argocd-application", traits);
const kustomization = (traits: object) => source("Kustomization flux-system/shop", "flux-kustomization", traits);

function yielded(by: { readonly id: string }, environment?: string): readonly Manifest[] {
  return [object("Deployment", "web"), object("Deployment", "worker"), object("Service", "web")].map((text) =>
    manifest(text, { source: by.id, ...(environment === undefined ? {} : { environment }) }),
  );
}

test("an Application with its finalizer that goes takes its objects with it, counted once for all environments", () => {
  const shop = application({ cascades: true });
  const before = state([manifest(APPLICATION, FILE), ...yielded(shop, "eu"), ...yielded(shop, "us")], [shop]);
  expect(dangersOf(before, state([]))).toEqual([
    "warn changes/prune Application argocd/shop: Application argocd/shop is removed and deletes what it applied: 2 Deployment and 1 Service",
  ]);
});

test("an Application that an ApplicationSet no longer generates is named by its source", () => {
  const shop = application({ cascades: true });
  expect(dangersOf(state(yielded(shop), [shop]), state([]))).toEqual([
    "warn changes/prune Application argocd/shop: Application argocd/shop is removed and deletes what it applied: 2 Deployment and 1 Service",
  ]);
});

test.each([
  ["an Application without finalizer", application({ cascades: false })],
  ["one of which nothing is known", application({})],
])("%s that goes prunes nothing", (_, shop) => {
  expect(dangersOf(state([manifest(APPLICATION, FILE), ...yielded(shop)], [shop]), state([]))).toEqual([]);
});

test("a Kustomization whose path changes prunes what the new one lacks", () => {
  const shop = kustomization({ prune: true });
  const before = state([manifest(KUSTOMIZATION, FILE), ...yielded(shop)], [shop]);
  const moved = manifest(KUSTOMIZATION.replace("path: a", "path: b"), FILE);
  expect(dangersOf(before, state([moved, ...yielded(shop).slice(2)], [shop]))).toEqual([
    "warn changes/prune Kustomization flux-system/shop: Kustomization flux-system/shop changes and prunes what it no longer yields: 2 Deployment",
  ]);
});

test("an Application prunes too where the ApplicationSet that generates it changes", () => {
  const more = { parent: "ApplicationSet argocd/shops" };
  const shop = source("Application argocd/shop", "argocd-application", { prune: true }, more);
  const set = (path: string) =>
    manifest(
      APPLICATION.replace("Application", "ApplicationSet").replace("shop", "shops").replace("path: a", path),
      FILE,
    );
  const before = state([set("path: a"), ...yielded(shop)], [shop]);
  expect(dangersOf(before, state([set("path: b"), ...yielded(shop).slice(2)], [shop]))).toEqual([
    expect.stringMatching("^warn changes/prune Application argocd/shop: .*2 Deployment$"),
  ]);
  expect(dangersOf(before, state([set("path: a"), ...yielded(shop).slice(2)], [shop]))).toEqual([]);
});

test("of two clusters' objects of one name only the one that changes is named", () => {
  const [eu, us] = ["eu", "us"].map((where) =>
    source(
      `Kustomization flux-system/shop (${where})`,
      "flux-kustomization",
      { prune: true },
      { path: `${where}.yaml` },
    ),
  );
  const at = (path: string, text = KUSTOMIZATION) => manifest(text, { position: { ...FILE.position, path } });
  const before = state([at("eu.yaml"), at("us.yaml"), ...yielded(eu!, "eu"), ...yielded(us!, "us")], [eu!, us!]);
  const moved = at("us.yaml", KUSTOMIZATION.replace("path: a", "path: b"));
  const after = state([at("eu.yaml"), moved, ...yielded(eu!, "eu").slice(1)], [eu!, us!]);
  expect(dangersOf(before, after)).toEqual([
    "warn changes/prune Kustomization flux-system/shop (us): Kustomization flux-system/shop changes and prunes what it no longer yields: 2 Deployment and 1 Service",
  ]);
});

test.each<[string, readonly string[]]>([
  [
    "a file that leaves an untouched Kustomization is an ordinary deletion",
    (() => {
      const shop = kustomization({ prune: true });
      const flux = manifest(KUSTOMIZATION, FILE);
      return dangersOf(state([flux, ...yielded(shop)], [shop]), state([flux, ...yielded(shop).slice(1)], [shop]));
    })(),
  ],
  [
    "a Kustomization that does not prune may change its path",
    (() => {
      const shop = kustomization({ prune: false });
      const moved = manifest(KUSTOMIZATION.replace("path: a", "path: b"), FILE);
      return dangersOf(state([manifest(KUSTOMIZATION, FILE), ...yielded(shop)], [shop]), state([moved], [shop]));
    })(),
  ],
  [
    "objects that another source takes over are not pruned",
    (() => {
      const [shop, other] = [kustomization({ prune: true }), application({ prune: true })];
      const moved = manifest(KUSTOMIZATION.replace("path: a", "path: b"), FILE);
      return dangersOf(
        state([manifest(KUSTOMIZATION, FILE), ...yielded(shop)], [shop]),
        state([moved, ...yielded(other)], [shop, other]),
      );
    })(),
  ],
])("%s", (_, found) => {
  expect(found).toEqual([]);
});

test("a change under a suspended object is said once, with the number of objects", () => {
  const shop = kustomization({ suspended: true });
  const before = state(yielded(shop, "eu"), [shop]);
  const after = state(
    [...yielded(shop, "eu").slice(1), manifest(object("Deployment", "new"), { source: shop.id })],
    [shop],
  );
  expect(dangersOf(before, after)).toEqual([
    "warn changes/suspended Kustomization flux-system/shop: Kustomization flux-system/shop is suspended: this change to 2 objects has no effect until it is resumed",
  ]);
});

test.each<[string, readonly string[]]>([
  [
    "one that the change resumes",
    dangersOf(
      state(yielded(kustomization({})), [kustomization({ suspended: true })]),
      state(yielded(kustomization({})).slice(1), [kustomization({ suspended: false })]),
    ),
  ],
  [
    "one that the change does not touch",
    dangersOf(
      state(
        [...yielded(kustomization({})), ...yielded(application({})).slice(0, 1)],
        [kustomization({ suspended: true })],
      ),
      state(yielded(kustomization({})), [kustomization({ suspended: true })]),
    ),
  ],
])("a suspended object is no danger where it holds nothing up: %s", (_, found) => {
  expect(found).toEqual([]);
});

const owners = (environment?: string) => {
  const [a, b] = [application({}), kustomization({})];
  const at = (one: Manifest, line: number): Manifest => ({ ...one, position: { ...one.position, line } });
  const ofA = yielded(a, environment).map((one, index) => at(one, index + 1));
  const ofB = yielded(b, environment).map((one, index) => at(one, index + 11));
  return { a, b, ofA, ofB };
};

test("two GitOps objects of one environment that yield the same object are found, and both places named", () => {
  const { a, b, ofA, ofB } = owners("production");
  const found = twoOwners(state([...ofA, ...ofB.slice(2)], [a, b]));
  expect(found.map(sentence)).toEqual([
    "deny changes/two-owners web: Kustomization flux-system/shop and Application argocd/shop both yield Service shop/web: here and at apps/all.yaml:3",
  ]);
  expect(found[0]).toMatchObject({ manifest: ofB[2], violation: { readsChange: false } });
});

test("sources that share many objects are complained about once", () => {
  const { a, b } = owners("production");
  const many = ["a", "b", "c", "d"].map((name) => object("Service", name));
  const of = (id: string) => many.map((text) => manifest(text, { source: id, environment: "production" }));
  expect(twoOwners(state([...of(a.id), ...of(b.id)], [a, b])).map(sentence)).toEqual([
    "deny changes/two-owners Kustomization flux-system/shop: Kustomization flux-system/shop and Application argocd/shop both yield 4 Service",
  ]);
});

test("the newcomer is complained about, whatever its name", () => {
  const { a, b, ofA, ofB } = owners("production");
  const found = twoOwners(state([...ofA.slice(2), ...ofB], [a, b]), state(ofB, [b]));
  expect(found).toMatchObject([{ manifest: { source: a.id } }]);
  // Once both are old, it is said as it was said of the tree before.
  const old = state([...ofA.slice(2), ...ofB], [a, b]);
  expect(twoOwners(old, old)).toEqual(twoOwners(old));
});

test.each<[string, ReturnType<typeof twoOwners>]>([
  ["sources of an unknown environment", ((x) => twoOwners(state([...x.ofA, ...x.ofB], [x.a, x.b])))(owners())],
  [
    "sources of different environments",
    ((x, y) => twoOwners(state([...x.ofA, ...y.ofB], [x.a, x.b])))(owners("eu"), owners("us")),
  ],
  [
    "roots that no GitOps object applies",
    ((x) =>
      twoOwners(
        state(
          [...x.ofA, ...x.ofB],
          [
            { ...x.a, kind: "kustomize" },
            { ...x.b, kind: "kustomize" },
          ],
        ),
      ))(owners("eu")),
  ],
  ["plain files", twoOwners(state([1, 2].map(() => manifest(object("Service", "web"), { environment: "eu" }))))],
  ["one source", ((x) => twoOwners(state([...x.ofA, ...x.ofA], [x.a])))(owners("eu"))],
])("no two owners: %s", (_, found) => {
  expect(found).toEqual([]);
});

test("every danger is a policy that a configuration may name, with its page and how to comply", () => {
  for (const { id, title, description, docs } of createDangers(defaultConfig).policies) {
    expect(builtinIds[id]).toBe(true);
    expect(title).toEqual(expect.any(String));
    expect(description).toMatch(/\.$/);
    expect(docs).toMatch(/^https:/);
  }
});
