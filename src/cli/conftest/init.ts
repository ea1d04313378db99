import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILE } from "../../config/config-file.ts";
import { readConfig } from "../../config/read-config.ts";
import { openDocumentParser } from "../../engine/open-document-parser.ts";
import { inert } from "../../report/inert-text.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { leftOutOf } from "../../tree/left-out.ts";
import { UsageError } from "../usage-error.ts";
import { conftestConfig } from "./initial-config.ts";
import { conftestSettings } from "./settings.ts";

/** Writes portcullis.yaml from conftest.toml and CONFTEST_*, and lists what has no counterpart in it. */
export async function initFromConftest(cwd: string): Promise<number> {
  const parser = openDocumentParser();
  try {
    const settings = await conftestSettings({}, { directory: cwd, environment: process.env, parser });
    if (settings.from.length === 0)
      throw new UsageError("no conftest.toml here and no CONFTEST_* is set: expected settings of conftest");
    const { holds } = await leftOutOf(cwd, [""]);
    const paths = (await directoryTree(cwd, { leftOut: holds }).list()).map(({ path }) => path);
    const { text, left } = conftestConfig(settings, paths);
    const { problems } = readConfig(CONFIG_FILE, text);
    const [wrong] = problems;
    if (wrong !== undefined) throw new UsageError(`${settings.from.join(", ")}: ${wrong.message}`);
    writeFileSync(join(cwd, CONFIG_FILE), text, { flag: "wx" });
    const rest = left.map((line) => `  ${inert(line)}\n`).join("");
    process.stdout.write(`wrote ${CONFIG_FILE} from ${settings.from.map(inert).join(", ")}
${rest === "" ? "" : `\nHas no counterpart there:\n${rest}`}
Next:
  portcullis check
  portcullis check --compat conftest PATH...   what conftest test says, until you are done
`);
    return 0;
  } finally {
    parser.close();
  }
}
