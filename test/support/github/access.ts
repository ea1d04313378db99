import { verify } from "node:crypto";
import { notFound, reaches, refuse, type Actor, type Answer } from "./answer.ts";
import type { InstallationToken, Permission, Repository, World } from "./state.ts";

const LEVELS: readonly Permission[] = ["read", "write", "admin"];
export const allows = (given: Permission | undefined, wanted: Permission): boolean =>
  given !== undefined && LEVELS.indexOf(given) >= LEVELS.indexOf(wanted);

function decode(part: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** An App's JWT: RS256 by its key, at most ten minutes long, not from the future. Answers what is wrong, or nothing. */
function jwtComplaint(world: World, token: string): string | undefined {
  const [head, payload, signature] = token.split(".");
  const claims = decode(payload);
  if (decode(head)["alg"] !== "RS256") return "A JSON web token could not be decoded";
  const signed = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${payload}`),
    world.app.publicKey,
    Buffer.from(signature ?? "", "base64url"),
  );
  if (!signed) return "A JSON web token could not be decoded";
  if (String(claims["iss"]) !== String(world.app.id) && claims["iss"] !== world.app.clientId)
    return "'Issuer' claim ('iss') must be an Integer";
  const now = world.now().getTime() / 1000;
  const [issued, expires] = [Number(claims["iat"]), Number(claims["exp"])];
  if (!(expires > now))
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (expires - now > 660) return "'Expiration time' claim ('exp') is too far in the future";
  if (!(issued <= now + 5))
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  return undefined;
}

export function liveToken(world: World, secret: string): InstallationToken | undefined {
  const token = world.tokens.get(secret);
  if (token === undefined || token.expiresAt <= world.now().getTime()) return undefined;
  return world.installations.includes(token.installation) && !token.installation.suspended ? token : undefined;
}

/** Reads the Authorization header of a REST request. */
export function actorOf(world: World, header: string | undefined): Actor | Answer {
  if (header === undefined) return { kind: "anonymous" };
  const secret = header.replace(/^(bearer|token) /i, "");
  const token = liveToken(world, secret);
  if (token !== undefined) return { kind: "installation", token };
  const account = world.personalTokens.get(secret);
  if (account !== undefined) return { kind: "person", account };
  if (secret.split(".").length !== 3 || world.tokens.has(secret)) return refuse(401, "Bad credentials");
  const complaint = jwtComplaint(world, secret);
  return complaint === undefined ? { kind: "app" } : refuse(401, complaint);
}

/** May this actor do it to this repository? Private ones it does not reach are 404, as GitHub hides them. */
export function accessComplaint(
  actor: Actor,
  repository: Repository,
  needs: readonly [string, Permission],
  or?: string,
): Answer | undefined {
  const [permission, access] = needs;
  const readsPublic = !repository.isPrivate && access === "read";
  switch (actor.kind) {
    case "anonymous":
      return readsPublic ? undefined : notFound();
    case "app":
      return permission === "app" ? undefined : refuse(403, "Resource not accessible by integration");
    case "person": {
      const given = actor.account === repository.owner ? "admin" : repository.collaborators.get(actor.account.login);
      if (readsPublic || allows(given, access)) return undefined;
      return given === undefined && repository.isPrivate
        ? notFound()
        : refuse(403, "Must have write access to Repository.");
    }
    case "installation": {
      const { token } = actor;
      const within = reaches(token.installation, repository) && (token.repositories?.has(repository.id) ?? true);
      if (!within)
        return readsPublic
          ? undefined
          : repository.isPrivate
            ? notFound()
            : refuse(403, "Resource not accessible by integration");
      const isAllowed = [permission, or].some((one) => one !== undefined && allows(token.permissions[one], access));
      return isAllowed || permission === "metadata" ? undefined : refuse(403, "Resource not accessible by integration");
    }
    default:
      return actor satisfies never;
  }
}
