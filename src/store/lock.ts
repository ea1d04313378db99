import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, stat, symlink, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Thrown when another process uses the state directory. */
export class StateDirectoryBusy extends Error {
  override readonly name = "StateDirectoryBusy";
}

/** The lock of a state directory. */
export interface StateLock {
  release(): Promise<void>;
}

/** The number of bytes that fit into `sun_path` on Linux (108) and macOS (104), with room for the file name. */
const LONGEST_SOCKET_PATH = 90;

/**
 * Locks `directory` for this process. The lock is a listening Unix socket in the directory: the kernel releases it when
 * the process ends, however it ends, and process ids that repeat in containers do not matter. Rejects with
 * `StateDirectoryBusy` if a living process answers; a socket that does not answer is stale and is replaced.
 */
export async function lockStateDirectory(directory: string): Promise<StateLock> {
  await mkdir(directory, { recursive: true });
  const place = await reachable(resolve(directory));
  const nonce = randomUUID();
  try {
    const server = await take(place.path, directory, nonce);
    // Two processes may have found the same stale socket: the one whose socket was replaced gets the answer of the
    // other.
    await sleep(50);
    if ((await ask(place.path)) !== nonce) {
      server.close();
      throw busy(directory);
    }
    return {
      async release() {
        const closed = new Promise<void>((done) => server.close(() => done()));
        await closed;
        await place.forget();
      },
    };
  } catch (error) {
    await place.forget();
    throw error;
  }
}

async function take(path: string, directory: string, nonce: string): Promise<Server> {
  for (let round = 0; round < 3; round++) {
    const server = await listen(path, nonce);
    if (server !== undefined) return server;
    if ((await ask(path)) !== undefined) throw busy(directory);
    await unlink(path).catch(() => undefined);
  }
  throw busy(directory);
}

function busy(directory: string): StateDirectoryBusy {
  return new StateDirectoryBusy(
    `Another portcullis serve is using ${directory}. Stop it, or set STATE_DIR to another directory.`,
  );
}

function listen(path: string, nonce: string): Promise<Server | undefined> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.on("error", () => undefined).end(nonce));
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? done(undefined) : fail(error),
    );
    server.listen(path, () => {
      server.unref();
      done(server);
    });
  });
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

/** A path to `directory/lock.sock` that is short enough for a socket, through a symlink if necessary. */
async function reachable(directory: string): Promise<{ path: string; forget: () => Promise<void> }> {
  const direct = join(directory, "lock.sock");
  if (Buffer.byteLength(direct) <= LONGEST_SOCKET_PATH) return { path: direct, forget: async () => undefined };
  await stat(directory);
  const shortcut = await mkdtemp(join(tmpdir(), "portcullis-"));
  await symlink(directory, join(shortcut, "s"));
  return { path: join(shortcut, "s", "lock.sock"), forget: () => rm(shortcut, { recursive: true, force: true }) };
}
