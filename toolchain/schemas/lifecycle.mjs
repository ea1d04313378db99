import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const file = "zz_generated.prerelease-lifecycle.go";
const method = /^func \(in \*(\w+)\) APILifecycle(\w+)\(\) .*\{\n\s*return (.*)$/gm;

/** What the types of a module say of their own life: `{ "extensions/v1beta1": { Deployment: { introduced, deprecated, removed, replacement } } }`, as minor versions. */
export function lifecyclesIn(directory) {
  const found = {};
  for (const name of readdirSync(directory, { recursive: true }).sort()) {
    if (!name.endsWith(file)) continue;
    const folder = join(directory, name, "..");
    const text = readFileSync(join(directory, name), "utf8");
    const version = /^package (\w+)$/m.exec(text)[1];
    const group = groupOf(folder);
    const kinds = (found[group === "" ? version : `${group}/${version}`] ??= {});
    for (const [, kind, what, value] of text.matchAll(method)) {
      if (kind.endsWith("List") || kind.endsWith("Options")) continue;
      (kinds[kind] ??= {})[what.toLowerCase()] = what === "Replacement" ? replacementOf(value) : minorOf(value);
    }
  }
  return found;
}

function groupOf(folder) {
  for (const name of ["register.go", "../register.go", "doc.go"]) {
    const path = join(folder, name);
    const match = existsSync(path) ? /^(?:const|\t)?\s*GroupName\s*(?:string)?\s*=\s*"([^"]*)"|^\/\/ \+groupName=(\S*)$/m.exec(readFileSync(path, "utf8")) : null;
    if (match) return match[1] ?? match[2];
  }
  throw new Error(`${folder}: no group name`);
}

function minorOf(value) {
  const [, major, minor] = /^(\d+), (\d+)$/.exec(value);
  if (major !== "1") throw new Error(`version ${major}.${minor}`);
  return Number(minor);
}

function replacementOf(value) {
  const [, group, version, kind] = /Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/.exec(value);
  // One of the marks names a list for an object that is none.
  return { apiVersion: group === "" ? version : `${group}/${version}`, kind: kind.replace(/List$/, "") };
}
