// The linter's rule for layers.mjs: a file of src/ imports what its room may import, whatever form the import has.
// oxlint's own no-restricted-imports cannot express it: its patterns have no negation that survives `../`.
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { layers, mayImportFile, mayImportPackage, roomOf } from "./layers.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pathBelowRoot = (path) => relative(root, path).split(sep).join("/");

const allowList = {
  create(context) {
    const path = pathBelowRoot(context.filename);
    const room = roomOf(path);
    if (room === undefined) return {};

    const refuse = (node, what) => {
      const allowed = layers[room];
      const list =
        allowed === undefined ? `is missing in scripts/layers.mjs` : `may import ${allowed.join(", ") || "nothing"}`;
      context.report({ node, message: `src/${room} imports ${what}; it ${list}.` });
    };
    const check = (source) => {
      if (source === null || source === undefined) return;
      const specifier = source.type === "Literal" ? source.value : undefined;
      if (typeof specifier !== "string") return refuse(source, "what only running it would tell");
      if (!specifier.startsWith(".")) {
        if (!mayImportPackage(room, specifier)) refuse(source, specifier);
        return;
      }
      const target = pathBelowRoot(join(dirname(context.filename), specifier));
      if (!mayImportFile(room, target)) refuse(source, target);
    };
    const checkSource = (node) => check(node.source);

    return {
      ImportDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ImportExpression: checkSource,
      TSImportType: checkSource,
      TSExternalModuleReference: (node) => check(node.expression),
    };
  },
};

export default { meta: { name: "layers" }, rules: { "allow-list": allowList } };
