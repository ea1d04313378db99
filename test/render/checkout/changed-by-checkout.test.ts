import { expect, test } from "@jest/globals";
import { changedByCheckout } from "../../../src/render/checkout/changed-by-checkout.ts";
import { treeFiles } from "../../../src/render/files/tree-files.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";

test.each<[string, string, string, RegExp | undefined]>([
  ["another encoding", "a.yaml working-tree-encoding=UTF-16LE", "a: 1\n", /encoded as UTF-16LE$/],
  ["the same encoding", "a.yaml working-tree-encoding=utf8", "a: 1\n", undefined],
  ["no encoding at all", "a.yaml working-tree-encoding", "a: 1\n", /^a checkout fails/],
  ["an encoding taken back", "* working-tree-encoding=x\na.yaml !working-tree-encoding", "a: 1\n", undefined],
  ["another file's encoding", "b.yaml working-tree-encoding=UTF-16LE", "a: 1\n", undefined],
  ["a filter", "a.yaml filter=vault", "a: 1\n", /passes the filter vault$/],
  ["a filter taken back", "* filter=vault\na.yaml -filter", "a: 1\n", undefined],
  ["a pointer of Git LFS", "*.yaml filter=lfs diff=lfs merge=lfs -text", pointer, /is in Git LFS/],
  ["a file that Git LFS leaves alone", "*.yaml filter=lfs", "a: 1\n", undefined],
  ["git-crypt, which leaves plain text alone", "*.yaml filter=git-crypt", "a: 1\n", undefined],
  ["keywords", "*.yaml ident", "a: $Id$\n", /\$Id\$ is filled in$/],
  ["keywords that the file does not use", "*.yaml ident", "a: 1\n", undefined],
  ["other line ends", "*.yaml text eol=crlf", "a: 1\n", /end with CRLF$/],
  ["other line ends by a macro", "[attr]windows text eol=crlf\n*.yaml windows", "a: 1\n", /end with CRLF$/],
  ["line ends that it has", "*.yaml eol=crlf", "a: 1\r\n", undefined],
  ["line ends of a binary file", "*.yaml binary eol=crlf", "a: 1\n", undefined],
  ["Unix line ends", "* text=auto eol=lf", "a: 1\n", undefined],
  ["what changes archives only", "* export-subst export-ignore", "a: $Format:%H$\n", undefined],
])("a file whose bytes differ in a checkout is a gap: %s", async (_, attributes, content, reason) => {
  const tree = memoryTree({ ".gitattributes": `# ours\n${attributes}\n`, "a.yaml": content, "b.yaml": content });
  const gaps = await changedByCheckout(await treeFiles(tree), ["a.yaml"]);
  expect(gaps.map((gap) => gap.reason)).toEqual(reason === undefined ? [] : [expect.stringMatching(reason)]);
  for (const gap of gaps)
    expect(gap).toMatchObject({
      source: "a.yaml",
      path: ".gitattributes",
      line: attributes.includes("\n") ? expect.any(Number) : 2,
    });
});

test("a link is judged by the attributes of what it leads to", async () => {
  const tree = memoryTree({
    ".gitattributes": "b.yaml filter=x\n",
    "a.yaml": { symlink: "b.yaml" },
    "b.yaml": "a: 1\n",
  });
  expect(await changedByCheckout(await treeFiles(tree), ["a.yaml"])).toMatchObject([{ source: "b.yaml", line: 1 }]);
});
