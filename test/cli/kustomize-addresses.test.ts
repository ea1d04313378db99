import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { nativeKustomize } from "../renderers/native-kustomize.ts";
import { git } from "../support/github/git/run.ts";
import { tagCommit } from "../support/remote-servers/git-repositories.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { directoryWith, portcullis, write, type Ran } from "./run-portcullis.ts";

const config = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  v: "${value}"\n`;
const files = (value: string): { readonly [path: string]: string } => ({
  "kustomization.yaml": "resources: [cm.yaml]\n",
  "cm.yaml": config("root", value),
  "base/kustomization.yaml": "resources: [cm.yaml]\n",
  "base/cm.yaml": config("base", value),
  "over/kustomization.yaml": "nameSuffix: -over\nresources: [../base]\n",
  "out/kustomization.yaml": "resources: [../../base]\n",
  "beside/kustomization.yaml": "resources: [../base/cm.yaml]\n",
  "component/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -component\n",
  "data.txt": `${value}\n`,
});

/** A resource by its address, of which `HTTP` stands for the server and `COMMIT` for the first commit; what it yields. */
const resources: readonly (readonly [form: string, address: string, yields: string | RegExp])[] = [
  ["a branch", "HTTP/org/app.git//base?ref=main", "base 2"],
  ["a branch with a slash", "HTTP/org/app.git//base?ref=a/b", "base 1"],
  ["a tag", "HTTP/org/app.git//base?ref=v1", "base 1"],
  ["a commit", "HTTP/org/app.git//base?ref=COMMIT", "base 1"],
  ["no revision", "HTTP/org/app.git//base", "base 2"],
  ["version", "HTTP/org/app.git//base?version=v1", "base 1"],
  ["version and ref", "HTTP/org/app.git//base?version=main&ref=v1", "base 1"],
  ["a timeout", "HTTP/org/app.git//base?timeout=90s&ref=v1", "base 1"],
  ["submodules", "HTTP/org/app.git//base?submodules=false&ref=v1", "base 1"],
  ["a query that Go cannot read", "HTTP/org/app.git//base?ref=v1;x=1", "base 2"],
  ["an escape that Go cannot read", "HTTP/org/app.git//base?ref=%zz", "base 2"],
  ["an escaped revision", "HTTP/org/app.git//base?ref=a%2Fb", "base 1"],
  ["the root", "HTTP/org/app.git?ref=v1", "root 1"],
  ["a path after .git", "HTTP/org/app.git/base/?ref=v1", "base 1"],
  ["a path after two names", "HTTP/org/app/base?ref=v1", "base 1"],
  ["a path after two names and //", "HTTP/org/app//base?ref=v1", "base 1"],
  ["two names without a revision", "HTTP/org/app", "root 2"],
  ["a path with ..", "HTTP/org/app.git//over/../base?ref=v1", "base 1"],
  ["git::", "git::HTTP/org/app.git//base?ref=v1", "base 1"],
  ["https", "https://git.example.com/org/app.git//base?ref=v1", "base 1"],
  ["Azure DevOps", "https://dev.azure.com/org/project/_git/app/base?ref=v1", "base 1"],
  ["GitHub", "https://github.com/org/app/base?ref=v1", "base 1"],
  ["GitHub without a scheme", "github.com/org/app//base?ref=v1", "base 1"],
  ["GitHub with a colon", "github.com:org/app/base?ref=v1", "base 1"],
  ["GitHub by ssh", "ssh://git@github.com/org/app.git//base?ref=v1", "base 1"],
  ["GitHub as scp has it", "git@github.com:org/app.git//base?ref=v1", "base 1"],
  ["ssh", "ssh://git@git.example.com/org/app.git//base?ref=v1", "base 1"],
  ["as scp has it", "git@git.example.com:org/app.git//base?ref=v1", "base 1"],
  ["a base relative to a base", "HTTP/org/app.git//over?ref=v1", "base-over 1"],
  ["a base on a server of a base on a server", "HTTP/org/chain.git//app", "base-chain 1"],
  ["a link to a directory", "HTTP/org/app.git//link?ref=links", "base 2"],
  ["a file", "HTTP/files/cm.yaml", "file 1"],
  ["a file that is redirected", "HTTP/files/moved.yaml", "file 1"],
  ["a file with a query", "HTTP/files/cm.yaml?token=1", "file 1"],
  ["an unknown revision", "HTTP/org/app.git//base?ref=nope", /has no branch or tag nope/],
  ["a path that is not there", "HTTP/org/app.git//nope?ref=v1", /has no nope at/],
  ["a path that leaves the repository", "HTTP/org/app.git//../x?ref=v1", /404 Not Found/],
  ["a base that leaves the repository", "HTTP/org/app.git//out?ref=v1", /\.\.\/\.\.\/base, which is not in the tree/],
  ["a file beside the root", "HTTP/org/app.git//beside?ref=v1", /a file outside of the kustomization's own directory/],
  ["a link out of the repository", "HTTP/org/app.git//away?ref=links", /has no away at/],
  ["a link to a file beside the root", "HTTP/org/app.git//linked?ref=links", /is a link to a file outside of/],
  ["a file that is not there", "HTTP/files/none.yaml", /404 Not Found/],
  ["a host without a scheme", "git.example.com/org/app//base?ref=v1", /it is no address that Kustomize fetches/],
  ["Git's own protocol", "git://git.example.com/org/app.git//base?ref=v1", /it is no address that Kustomize fetches/],
];

/** What only this gate refuses, by choice. */
const refused: typeof resources = [
  ["a path of the machine", "file:///srv/app.git//base?ref=v1", /a path of the machine that renders/],
];

/** Other entries of a kustomization. */
const entries: readonly (readonly [form: string, kustomization: string, yields: string | RegExp])[] = [
  ["a component", "resources: [own.yaml]\ncomponents: ['HTTP/org/app.git//component?ref=v1']\n", "own-component 0"],
  ["a patch", "resources: [own.yaml]\npatches: [{ path: HTTP/files/patch.yaml }]\n", "own patched"],
  ["a file with a key", "configMapGenerator: [{ name: g, files: [v=HTTP/files/v] }]\n", "g-[a-z0-9]+ generated"],
  ["a file without a key", "configMapGenerator: [{ name: g, files: [HTTP/files/v] }]\n", "g-[a-z0-9]+ generated"],
  ["variables", "configMapGenerator: [{ name: g, envs: [HTTP/files/env] }]\n", "g-[a-z0-9]+ set"],
];

const served: { readonly [path: string]: string } = {
  "/files/cm.yaml": config("file", "1"),
  "/files/patch.yaml": config("own", "patched"),
  "/files/v": "generated",
  "/files/env": "v=set\n",
};

/** Leads Git's addresses of other servers to this one. */
function gitConfig(origin: string): string {
  const others = ["https://git.example.com/", "https://dev.azure.com/", "https://github.com/", "git@github.com:"];
  const overSsh = ["github.com:", "ssh://git@git.example.com/", "git@git.example.com:"];
  const lines = [...others, ...overSsh].map((other) => `\tinsteadOf = ${other}\n`);
  return `[safe]\n\tdirectory = *\n[url "${origin}/"]\n${lines.join("")}`;
}

let server: GitServer;
let commit: string;
let tree: string;
let gitHome: { readonly HOME: string };
let told: Ran;
const native = await nativeKustomize();

const forms = [
  ...[...resources, ...refused].map(
    ([form, address, yields]) => [form, `resources: ["${address}"]\n`, yields] as const,
  ),
  ...entries,
];
const named = (text: string): string => text.replaceAll("HTTP", server.origin).replaceAll("COMMIT", commit);

beforeAll(async () => {
  server = await startGitServer();
  server.before = ({ url = "" }, response) => {
    const { pathname } = new URL(url, server.origin);
    if (pathname === "/files/moved.yaml") response.writeHead(302, { location: "/files/cm.yaml" }).end();
    else if (served[pathname] === undefined) return false;
    else response.end(served[pathname]);
    return true;
  };
  commit = await server.create("org/app.git", files("1"));
  const repository = join(server.root, "org/app.git");
  await tagCommit(repository, "v1", commit);
  await git(repository, ["branch", "a/b", commit]);
  await server.commit("org/app.git", files("2"));
  await git(repository, ["branch", "links", "main"]);
  const links = {
    link: { link: "base" },
    away: { link: "/etc" },
    "linked/cm.yaml": { link: "../base/cm.yaml" },
    "linked/kustomization.yaml": "resources: [cm.yaml]\n",
  };
  await server.commit("org/app.git", links, "links");
  await server.create("org/chain.git", {
    "app/kustomization.yaml": `nameSuffix: -chain\nresources: ["${server.origin}/org/app.git//base?ref=v1"]\n`,
  });
  await mkdir(join(server.root, "org/project/_git"), { recursive: true });
  await symlink("../../app.git", join(server.root, "org/project/_git/app"));
  await symlink("app.git", join(server.root, "org/app"));

  const mirrors = ["https://git.example.com", "https://dev.azure.com", "https://github.com"];
  const overSsh = ["ssh://git@git.example.com", "ssh://git@github.com"];
  const remotes = {
    fetch: "any",
    allow: [`${server.origin}/**`],
    mirrors: Object.fromEntries([...mirrors, ...overSsh].map((url) => [url, server.origin])),
  };
  gitHome = { HOME: directoryWith({ ".gitconfig": gitConfig(server.origin) }) };
  tree = directoryWith({ "portcullis.yaml": `version: 1\nremotes: ${JSON.stringify(remotes)}\n` });
  for (const [at, [, kustomization]] of forms.entries()) {
    write(tree, { [`r${at}/kustomization.yaml`]: `namePrefix: r${at}-\n${named(kustomization)}` });
    write(tree, { [`r${at}/own.yaml`]: config("own", "0") });
  }
  told = await portcullis(tree, ["render", ...forms.map((_, at) => `r${at}`)]);
});
afterAll(() => server.close());

test.each(forms.map(([form, , yields], at) => [form, yields, at] as const))("%s", (_, yields, at) => {
  if (typeof yields !== "string") {
    expect(told.err.split("\n").filter((line) => line.includes(`r${at}/kustomization.yaml`))).toEqual([
      expect.stringMatching(yields),
    ]);
    return;
  }
  const [name = "", value = ""] = yields.split(" ");
  expect(told.out).toMatch(
    new RegExp(`data:\\n  v: "?${value}"?\\nkind: ConfigMap\\nmetadata:\\n  name: r${at}-${name}\\n`),
  );
});

const isSame = native === undefined ? test.skip : test;
isSame.each(forms.slice(0, resources.length).map(([form], at) => [form, at] as const))(
  "as Kustomize has it: %s",
  async (_, at) => {
    const built = await native?.buildFromServers(join(tree, `r${at}`), gitHome);
    if (built?.kind === "built") expect(told.out).toContain(built.yaml);
    else expect(told.err).toContain(`r${at}/kustomization.yaml`);
  },
);
