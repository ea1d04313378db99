import { expect, test } from "@jest/globals";
import type { Instance, Planning } from "../../../src/render/sources/explore-objects.ts";
import { keepUnclaimed, type Explored } from "../../../src/render/sources/keep-unclaimed.ts";

/** What a start leads to, by name: the sources it renders, each with the paths it accounts for and the sources it leads to. */
interface Reached {
  readonly name: string;
  readonly accounts?: readonly string[];
  readonly leadsTo?: readonly Reached[];
}

interface Start {
  readonly kind: "root" | "chart" | "file";
  readonly path: string;
  /** Of a root or chart: what it accounts for. */
  readonly accounts?: readonly string[];
  readonly leadsTo?: readonly Reached[];
}

/** Names of the sources and of the objects that are kept; a source of the same name is the same one. */
function kept(starts: readonly Start[]): { readonly sources: readonly string[]; readonly objects: readonly string[] } {
  const known = new Map<string, Instance>();
  const names = new Map<unknown, string>();
  const instance = ({ name, accounts = [], leadsTo = [] }: Reached): Instance => {
    const held = known.get(name);
    if (held !== undefined) return held;
    const made = { key: name, summary: { accounts }, plannings: [] as Planning[] } as unknown as Instance;
    known.set(name, made);
    names.set(made, name);
    made.plannings.push(...leadsTo.map((one) => planning(one)));
    return made;
  };
  const planning = (one: Reached): Planning => {
    const made = { instances: [instance(one)], children: [], starts: new Set() } as unknown as Planning;
    names.set(made, `object of ${one.name}`);
    return made;
  };
  const explored = starts.map(({ kind, path, accounts, leadsTo = [] }): Explored => {
    const start = { kind, path };
    if (kind === "file") return { start, plannings: leadsTo.map((one) => planning(one)) };
    return { start, instance: instance({ name: path, accounts: accounts ?? [path], leadsTo }), plannings: [] };
  });
  const follow = (plannings: readonly Planning[], start: string): void => {
    for (const one of plannings) {
      if (one.starts.has(start)) continue;
      one.starts.add(start);
      for (const { plannings: next } of one.instances) follow(next, start);
    }
  };
  for (const { start, instance: own, plannings } of explored)
    follow([...plannings, ...(own?.plannings ?? [])], start.path);
  const found = keepUnclaimed(explored);
  return {
    sources: found.instances.map((one) => names.get(one) ?? "?"),
    objects: found.plannings.map((one) => names.get(one) ?? "?"),
  };
}

test.each<[string, readonly Start[], readonly string[], readonly string[]]>([
  [
    "what nothing accounts for is kept, with all that comes of it",
    [
      { kind: "root", path: "a", leadsTo: [{ name: "x", leadsTo: [{ name: "y" }] }] },
      { kind: "chart", path: "b" },
      { kind: "file", path: "f", leadsTo: [{ name: "z" }] },
    ],
    ["a", "x", "y", "b", "z"],
    ["object of x", "object of y", "object of z"],
  ],
  [
    "a root that another one accounts for is left out with what came of it alone",
    [
      { kind: "root", path: "a", leadsTo: [{ name: "x" }] },
      { kind: "root", path: "b", accounts: ["b", "a"] },
    ],
    ["b"],
    [],
  ],
  [
    "what comes of two of them stays for the one that is kept",
    [
      { kind: "root", path: "a", leadsTo: [{ name: "x" }] },
      { kind: "root", path: "b", accounts: ["b", "a"], leadsTo: [{ name: "x" }] },
    ],
    ["b", "x"],
    ["object of x"],
  ],
  [
    "a root that only what comes of another accounts for is left out",
    [
      { kind: "file", path: "f", leadsTo: [{ name: "x", leadsTo: [{ name: "y", accounts: ["a"] }] }] },
      { kind: "root", path: "a" },
    ],
    ["x", "y"],
    ["object of x", "object of y"],
  ],
  [
    "of a chain of roots that account for each other the one that nothing accounts for is kept",
    [
      { kind: "root", path: "c" },
      { kind: "root", path: "b", accounts: ["b", "c"] },
      { kind: "root", path: "a", accounts: ["a", "b", "c"] },
    ],
    ["a"],
    [],
  ],
  [
    "of two that account for each other the first is kept",
    [
      { kind: "root", path: "a", accounts: ["a"], leadsTo: [{ name: "x", accounts: ["b"] }] },
      { kind: "root", path: "b", accounts: ["b"], leadsTo: [{ name: "y", accounts: ["a"] }] },
    ],
    ["a", "x"],
    ["object of x"],
  ],
  [
    "of three in a ring the first is kept, which leads on to what the others lead to",
    [
      {
        kind: "file",
        path: "a",
        leadsTo: [
          {
            name: "x",
            accounts: ["b"],
            leadsTo: [{ name: "y", accounts: ["c"], leadsTo: [{ name: "z", accounts: ["a"] }] }],
          },
        ],
      },
      { kind: "file", path: "b", leadsTo: [{ name: "y" }] },
      { kind: "file", path: "c", leadsTo: [{ name: "z" }] },
    ],
    ["x", "y", "z"],
    ["object of x", "object of y", "object of z"],
  ],
  [
    "a ring that is accounted for from outside, with what it leads to, is left out whole",
    [
      { kind: "file", path: "a", leadsTo: [{ name: "x", accounts: ["b"] }] },
      { kind: "file", path: "b", leadsTo: [{ name: "y", accounts: ["a"] }] },
      { kind: "root", path: "c", accounts: ["c", "a"], leadsTo: [{ name: "x" }] },
    ],
    ["c", "x"],
    ["object of x"],
  ],
  [
    "of a ring that is accounted for from outside, what only a part that is left out accounts for is kept",
    [
      { kind: "file", path: "a", leadsTo: [{ name: "x", accounts: ["b"] }] },
      { kind: "file", path: "b", leadsTo: [{ name: "y", accounts: ["a"] }] },
      { kind: "root", path: "c", accounts: ["c", "a"] },
    ],
    ["c", "y"],
    ["object of y"],
  ],
  [
    "a root that only what comes of a root that is left out accounts for is kept",
    [
      { kind: "root", path: "a", leadsTo: [{ name: "x", accounts: ["b"] }] },
      { kind: "root", path: "b" },
      { kind: "root", path: "c", accounts: ["c", "a"] },
    ],
    ["b", "c"],
    [],
  ],
  [
    "of roots that only a root that is left out accounted for, those that account for others are kept",
    [
      { kind: "root", path: "a", leadsTo: [{ name: "x", accounts: ["b", "d"] }] },
      { kind: "root", path: "b" },
      { kind: "root", path: "c", accounts: ["c", "a"] },
      { kind: "root", path: "d", accounts: ["d", "b"] },
    ],
    ["c", "d"],
    [],
  ],
  [
    "a root whose own objects lead to a source that accounts for it still leads there, and is no source by itself",
    [{ kind: "root", path: "a", leadsTo: [{ name: "x", accounts: ["a"] }] }],
    ["x"],
    ["object of x"],
  ],
  [
    "a root that does not account for its own kustomization is kept where nothing else does",
    [{ kind: "root", path: "a", accounts: [] }],
    ["a"],
    [],
  ],
  [
    "a root that does not account for its own kustomization is no source where one other does",
    [{ kind: "root", path: "a", accounts: [], leadsTo: [{ name: "x", accounts: ["a"] }] }],
    ["x"],
    ["object of x"],
  ],
  [
    "a file with objects that yield the file itself is kept",
    [{ kind: "file", path: "f", leadsTo: [{ name: "x", accounts: ["f"] }] }],
    ["x"],
    ["object of x"],
  ],
  [
    "a root and a file of the same path are left out together",
    [
      { kind: "root", path: "a" },
      { kind: "file", path: "a", leadsTo: [{ name: "y" }] },
      { kind: "root", path: "b", accounts: ["b", "a"] },
    ],
    ["b"],
    [],
  ],
])("%s", (_, starts, sources, objects) => {
  const found = kept(starts);
  expect(found.sources.toSorted()).toEqual(sources.toSorted());
  expect(found.objects.toSorted()).toEqual(objects.toSorted());
});

test("objects that an object generates lead on as it does", () => {
  const x = { key: "x", summary: { accounts: ["a"] }, plannings: [] } as unknown as Instance;
  const child = { instances: [x], children: [], starts: new Set(["f"]) } as unknown as Planning;
  const parent = { instances: [], children: [child], starts: new Set(["f"]) } as unknown as Planning;
  const root = { key: "a", summary: { accounts: ["a"] }, plannings: [] } as unknown as Instance;
  const found = keepUnclaimed([
    { start: { kind: "file", path: "f" }, plannings: [parent] },
    { start: { kind: "root", path: "a" }, instance: root, plannings: [] },
  ]);
  expect(found.instances).toEqual([x]);
  expect(found.plannings).toEqual([parent, child]);
});
