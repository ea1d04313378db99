import { spawn } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { STATEMENT_PAYLOAD, type Envelope } from "../../model/evidence.ts";
import { isSignedBy, keyId, readPublicKey, signedBytes } from "./dsse.ts";

/** Signs statements. */
export interface Signer {
  /** The id of its public key. */
  readonly key: string;
  /** Rejects with `SignerFailed` where there is no signature. */
  readonly seal: (payload: string) => Promise<Envelope>;
}

/** How evidence is made: who signs it, and in whose name. */
export interface EvidenceMaker {
  readonly signer: Signer;
  readonly verifier: { readonly id: string; readonly version: string };
}

/** Thrown where a statement could not be signed. */
export class SignerFailed extends Error {
  override readonly name = "SignerFailed";
}

/** A signer with a private key in PEM form. Throws if it is none that `readPublicKey` takes. */
export function keySigner(pem: string): Signer {
  const secret = createPrivateKey(pem);
  const key = readPublicKey(pem);
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return sealing(pem, async (bytes) => sign(algorithm, bytes, secret));
}

/** Names of variables that the server has and its signer must not see. */
const WITHHELD = ["PRIVATE_KEY", "WEBHOOK_SECRET", "DATABASE_URL"];
const SIGNER_MILLISECONDS = 30_000;
const LONGEST_ANSWER = 16_384;

/**
 * A signer that runs a command: it gets the bytes to sign on stdin and prints the signature in base64. `command`: the
 * program and its arguments, separated by spaces; no shell reads it. `publicKey`: in PEM form.
 */
export function commandSigner(command: string, publicKey: string): Signer {
  const [program = "", ...args] = command.split(/\s+/).filter((part) => part !== "");
  return sealing(publicKey, (bytes) => answerOf(program, args, bytes));
}

function sealing(pem: string, signatureOf: (bytes: Buffer) => Promise<Buffer>): Signer {
  const publicKey = readPublicKey(pem);
  const key = keyId(publicKey);
  return {
    key,
    async seal(text) {
      const payload = Buffer.from(text);
      const signature = await signatureOf(signedBytes(STATEMENT_PAYLOAD, payload));
      // A statement that nobody could verify would be found out only when it is needed.
      if (!isSignedBy(publicKey, STATEMENT_PAYLOAD, payload, signature))
        throw new SignerFailed("the signature is not that of the public key in EVIDENCE_PUBLIC_KEY_PATH");
      return {
        payloadType: STATEMENT_PAYLOAD,
        payload: payload.toString("base64"),
        signatures: [{ keyid: key, sig: signature.toString("base64") }],
      };
    },
  };
}

function answerOf(program: string, args: readonly string[], bytes: Buffer): Promise<Buffer> {
  return new Promise((done, fail) => {
    const failed = (why: string): void => fail(new SignerFailed(`${program} ${why}`));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !WITHHELD.includes(name)));
    const child = spawn(program, [...args], { env, timeout: SIGNER_MILLISECONDS, stdio: ["pipe", "pipe", "pipe"] });
    let [answer, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text.slice(0, LONGEST_ANSWER)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text.slice(0, LONGEST_ANSWER)));
    // It may end without reading; then its exit code says what is wrong.
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => failed(`could not be run: ${error.message}`));
    child.once("close", (code, signal) => {
      if (code === 0 && /^[A-Za-z0-9+/=\s]+$/.test(answer)) done(Buffer.from(answer, "base64"));
      else if (code === 0) failed("did not print a signature in base64");
      else failed(`ended with ${signal ?? `exit code ${code}`}: ${errors.trim().slice(0, 500)}`);
    });
    child.stdin.end(bytes);
  });
}
