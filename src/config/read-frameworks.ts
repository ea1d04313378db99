import { CORE_SCHEMA, load } from "js-yaml";
import { isObject } from "../manifest/identity.ts";
import type { Framework, FrameworkControl } from "../model/compliance.ts";
import type { Json } from "../model/json.ts";
import type { Tree } from "../model/tree.ts";
import { filesBelow, readTexts } from "./policy-files.ts";

/** The frameworks that ship, from `policies/frameworks/*.yaml` of the library. Throws for a file of another form. */
export async function readFrameworks(library: Tree): Promise<readonly Framework[]> {
  const { files } = filesBelow(await library.list(), "policies/frameworks", /\.yaml$/);
  const texts = await readTexts(library, files, []);
  return texts.map(({ path, text }) => framework(path, text));
}

function framework(path: string, text: string): Framework {
  const value = load(text, { schema: CORE_SCHEMA }) as Json;
  const { id, title, version, url, controls } = isObject(value) ? value : {};
  if (!isText(id) || !isText(title) || !isText(version) || !isText(url) || !isObject(controls))
    throw new Error(`${path}: expected id, title, version, url and controls`);
  return {
    id,
    title,
    version,
    url,
    controls: Object.entries(controls).map(([name, one]) => control(`${path}: ${name}`, name, one)),
  };
}

function control(place: string, id: string, value: Json): FrameworkControl {
  const { title, policies = [] } = isObject(value) ? value : {};
  if (!isText(title) || !Array.isArray(policies)) throw new Error(`${place}: expected title and policies`);
  return { id, title, policies: policies.filter(isText) };
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}
