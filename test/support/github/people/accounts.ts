// People and their tokens.
import { randomBytes } from "node:crypto";
import { nextId, type Account, type World } from "../state.ts";

/** The account of this name, made when first named. */
export function accountNamed(world: World, login: string, type: Account["type"]): Account {
  let found = world.accounts.get(login);
  if (found === undefined) {
    found = { id: nextId(world), login, type };
    world.accounts.set(login, found);
  }
  return found;
}

export function accounts(world: World) {
  return {
    /** A person, made when first named. */
    person: (login: string): Account => accountNamed(world, login, "User"),
    /** A personal token: for REST as Bearer, for Git as password. */
    tokenOf: (who: Account): string => {
      const token = `ghp_${randomBytes(18).toString("hex")}`;
      world.personalTokens.set(token, who);
      return token;
    },
  };
}
