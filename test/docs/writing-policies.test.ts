import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis } from "../cli/run-portcullis.ts";
import { blocksOf } from "./blocks.ts";
import { documents, portcullisArguments } from "./documents.ts";

const page = documents.find(({ path }) => path === "docs/writing-policies.md")?.text ?? "";
const last = page.slice(0, page.indexOf("## 1. ")).split("\n").length;
const blocks = blocksOf("docs/writing-policies.md").filter(({ line }) => line < last);

test("a new author's first five minutes go as the page tells them, output by output", async () => {
  const [manifest] = blocks.filter(({ language }) => language === "yaml");
  const directory = directoryWith({ "apps/web.yaml": manifest?.text ?? "" });
  git(directory, "init", "-q", "-b", "main");
  const steps = blocks
    .filter(({ language }) => language === "")
    .flatMap(({ text }) => text.split(/^(?=\$ )/m))
    .map((step) => ({ command: step.slice(2, step.indexOf("\n")), output: step.slice(step.indexOf("\n") + 1) }));
  expect(steps.length).toBeGreaterThan(4);
  for (const { command, output } of steps) {
    const { code, out, err } = await portcullis(directory, portcullisArguments(command) ?? []);
    expect({ command, code, out, err }).toEqual({ command, code: 0, out: output, err: "" });
  }
});

test("the picture of the terminal shows what the page shows", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/terminal-picture.mjs", "--check"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
