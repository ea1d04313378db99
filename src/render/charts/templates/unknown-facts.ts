import type { TemplateAction, Token } from "./template-text.ts";

/** What a template may ask that the tree does not tell. `api:` is followed by an API version. */
export type UnknownFact =
  | "upgrade"
  | "revision"
  | "lookup"
  | "dns"
  | "time"
  | "random"
  | "helm"
  | "kubernetes"
  | "release"
  | "apis"
  | `api:${string}`;

const drawing =
  /^(?:rand[A-Z]\w*|uuidv4|shuffle|genPrivateKey|genCA\w*|genSelfSigned\w*|genSigned\w*|htpasswd|bcrypt)$/;
const functions: { readonly [name: string]: UnknownFact } = {
  lookup: "lookup",
  getHostByName: "dns",
  now: "time",
  ago: "time",
};
const fields: { readonly [name: string]: readonly UnknownFact[] } = {
  IsUpgrade: ["upgrade"],
  IsInstall: ["upgrade"],
  Revision: ["revision"],
  Release: ["upgrade", "revision"],
  HelmVersion: ["helm"],
  KubeVersion: ["kubernetes"],
  Capabilities: ["apis", "kubernetes"],
};

/** The unknown facts that an action itself names. */
export function factsIn({ tokens }: TemplateAction): ReadonlySet<UnknownFact> {
  const facts = new Set<UnknownFact>();
  for (const [at, token] of tokens.entries()) for (const fact of factsOf(token, tokens[at + 1])) facts.add(fact);
  return facts;
}

const mayAsk =
  /lookup|getHostByName|^now$|^ago$|Is(?:Upgrade|Install)|Re(?:vision|lease)|Version|Capabilities|^[a-z]+[A-Z]|^(?:uuidv4|shuffle|htpasswd|bcrypt)$/;

function factsOf({ kind, text }: Token, next: Token | undefined): readonly UnknownFact[] {
  if (kind === "symbol" || !mayAsk.test(text)) return [];
  if (kind === "string") return Object.hasOwn(fields, text) ? (fields[text] ?? []) : [];
  if (Object.hasOwn(functions, text)) return [functions[text] ?? "lookup"];
  if (drawing.test(text)) return ["random"];
  const path = text.split(".");
  if (path.length === 1 || path.includes("Values") || path.includes("Chart")) return [];
  if (path.includes("APIVersions")) {
    const named = path.at(-1) === "Has" && next?.kind === "string" ? next.text : undefined;
    return [named === undefined ? "apis" : `api:${named}`];
  }
  if (path.includes("KubeVersion")) return ["kubernetes"];
  if (path.includes("HelmVersion")) return ["helm"];
  if (path.includes("Release") && (path.at(-1) === "Name" || path.at(-1) === "Namespace")) return ["release"];
  const last = path.at(-1) ?? "";
  // As in `index .Release "IsUpgrade"`.
  if (next?.kind === "string" && Object.hasOwn(fields, next.text)) return [];
  return Object.hasOwn(fields, last) ? (fields[last] ?? []) : [];
}
