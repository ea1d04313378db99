import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, stat, symlink, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Thrown when another process uses the state directory. */
export class StateDirectoryBusy extends Error {
  override readonly name = "StateDirectoryBusy";
}

/** The lock of a state directory. */
export interface StateLock {
  release(): Promise<void>;
}

/** The number of bytes that surely fit into `sun_path` on Linux (108) and macOS (104). */
const LONGEST_SOCKET_PATH = 100;

/** The number of bytes of the longest name in the directory: a socket or a link, with the slash before it. */
const LONGEST_NAME = 14;

/**
 * Locks `directory` for this process. The process that holds it listens on a Unix socket of its own in the directory,
 * and a symlink `lock-N` leads to that socket: the kernel ends the socket with the process, however it ends, and process
 * ids that repeat in containers do not matter. Rejects with `StateDirectoryBusy` if a living process answers.
 *
 * The highest N counts. A link whose process is gone is never removed or replaced but followed by the next N, which only
 * one process can create, so that of several that find the same one gone exactly one goes on.
 */
export async function lockStateDirectory(directory: string): Promise<StateLock> {
  await mkdir(directory, { recursive: true });
  const place = await reachable(resolve(directory));
  const nonce = randomUUID();
  const socket = `${nonce.slice(0, 8)}.sock`;
  const server = await listen(join(place.path, socket), nonce);
  try {
    await take(place.path, directory, socket);
  } catch (error) {
    await close(server);
    await place.forget();
    throw error;
  }
  return {
    async release() {
      await close(server);
      await place.forget();
    },
  };
}

async function take(path: string, directory: string, socket: string): Promise<void> {
  for (let round = 0; round < 10; round++) {
    const highest = (await links(path)).at(-1) ?? 0;
    if (highest > 0 && (await ask(join(path, `lock-${highest}`))) !== undefined) throw busy(directory);
    if (!(await linkTo(socket, join(path, `lock-${highest + 1}`)))) continue;
    const found = await links(path);
    // A link that was followed by another one and then removed could be created here once more: the higher one counts.
    if (found.at(-1) !== highest + 1) throw busy(directory);
    await Promise.all(found.slice(0, -1).map((number) => unlink(join(path, `lock-${number}`)).catch(() => undefined)));
    return;
  }
  throw busy(directory);
}

/** The numbers of the links in the directory, in ascending order. */
async function links(path: string): Promise<number[]> {
  const numbers = (await readdir(path)).flatMap((name) => /^lock-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.toSorted((a, b) => a - b);
}

/** Creates a symlink; false if there is something of that name. */
async function linkTo(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function busy(directory: string): StateDirectoryBusy {
  return new StateDirectoryBusy(
    `Another portcullis serve is using ${directory}. Stop it, or set STATE_DIR to another directory.`,
  );
}

function listen(path: string, nonce: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.on("error", () => undefined).end(nonce));
    server.once("error", fail);
    server.listen(path, () => {
      server.unref();
      done(server);
    });
  });
}

/** Closing the server removes its socket as well. */
function close(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

/** The answer of the process that holds the socket; undefined if none does. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((done) => {
    let answer = "";
    const socket = createConnection(path);
    socket.setTimeout(2_000, () => {
      socket.destroy();
      // Connected, but no answer: a process that is stopped or very busy still holds the lock.
      done(answer);
    });
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.once("error", () => done(undefined));
    socket.once("end", () => done(answer));
  });
}

/** A path to `directory` that leaves room for the name of a socket, through a symlink if necessary. */
async function reachable(directory: string): Promise<{ path: string; forget: () => Promise<void> }> {
  if (Buffer.byteLength(directory) + LONGEST_NAME <= LONGEST_SOCKET_PATH) {
    return { path: directory, forget: async () => undefined };
  }
  await stat(directory);
  const shortcut = await mkdtemp(join(tmpdir(), "portcullis-"));
  await symlink(directory, join(shortcut, "s"));
  return { path: join(shortcut, "s"), forget: () => rm(shortcut, { recursive: true, force: true }) };
}
