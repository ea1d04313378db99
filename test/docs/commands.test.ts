import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { portcullis } from "../cli/run-portcullis.ts";
import { documentedRepository } from "./documented-repository.ts";
import { commandLines, documents, portcullisArguments, root } from "./documents.ts";

const all = documents.flatMap(({ path, text }) => commandLines(text).map((line) => ({ path, line })));
const unique = [...new Map(all.map((command) => [command.line, command])).values()];
const invocations = unique.flatMap(({ path, line }) => {
  const args = portcullisArguments(line);
  return args === undefined || args[0] === "COMMAND" ? [] : [{ path, line, args }];
});

/** Commands that work on files, with every argument given, and that end: what can run without GitHub. */
const runnable = invocations.filter(
  ({ args }) =>
    ["bench", "check", "test", "fmt", "render", "graph"].includes(args[0] ?? "") &&
    // Alone it is the command's name, since it has no default.
    args.join() !== "fmt" &&
    // What has variables of a shell is run where the page is followed.
    !args.some((argument) => /^\[|^[A-Z]+$|^--watch$|…|\$/.test(argument)),
);

test("the documents name commands, and most of them can run here", () => {
  expect(runnable.length).toBeGreaterThan(10);
});

test.each([...new Set(invocations.map(({ args }) => args[0] ?? ""))])(
  "portcullis %s is a command, and has the options that documents give it",
  async (command) => {
    const { code, out } = await portcullis(root, [command, "--help"]);
    expect(code).toBe(0);
    const options = new Set(out.match(/(?<![\w-])--?[a-z][a-z-]*/g));
    const unknown = invocations
      .filter(({ args }) => args[0] === command)
      .flatMap(({ path, args }) =>
        args.flatMap((argument) => {
          const option = /^\[?(--?[a-z][a-z-]*)/.exec(argument)?.[1];
          return option === undefined || option === "--help" || options.has(option) ? [] : [`${path}: ${option}`];
        }),
      );
    expect(unknown).toEqual([]);
  },
);

const repository = documentedRepository();

test.each(runnable)("$path: $line", async ({ args }) => {
  const { code, err } = await portcullis(repository, args);
  // 1 is a verdict: what is judged here need not comply. 2 would be a command that does not work.
  expect({ code, err }).toEqual({ code: code === 1 ? 1 : 0, err: expect.any(String) });
});

test("scripts that documents name are in package.json, and nothing is fetched to run a command", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: { readonly [name: string]: string };
  };
  const wrong = unique.filter(({ line }) => {
    const script = /^npm (?:run ([\w:-]+)|(test|start)\b)/.exec(line);
    if (script !== null) return !((script[1] ?? script[2] ?? "") in scripts);
    if (line.startsWith("npx ")) return !/^npx --no-install \w/.test(line);
    const file = /^node (?:--\S+ )*(\S+)/.exec(line)?.[1];
    return file !== undefined && !existsSync(join(root, file));
  });
  expect(wrong).toEqual([]);
});

test("CI ends with the test command that README.md names", () => {
  const [, command] = /^(npm ci && npm test) /m.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  expect(command).toBeDefined();
  expect(readFileSync(join(root, ".ci/run"), "utf8")).toContain(`  ${command}\n`);
});
