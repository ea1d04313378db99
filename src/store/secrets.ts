import { randomBytes } from "node:crypto";
import type { Queries } from "./database.ts";

/** The random secret of 32 bytes under a name, made where there is none: the same for all replicas and after a restart. */
export async function findOrMakeSecret(queries: Queries, name: string): Promise<Uint8Array> {
  await queries.query("insert into portcullis.secrets (name, value) values ($1, $2) on conflict do nothing", [
    name,
    new Uint8Array(randomBytes(32)),
  ]);
  const [row] = await queries.query<{ value: Uint8Array }>("select value from portcullis.secrets where name = $1", [
    name,
  ]);
  if (row === undefined) throw new Error(`the secret ${name} was stored but is missing`);
  return row.value;
}
