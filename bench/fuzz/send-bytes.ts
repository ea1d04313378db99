import { connect } from "node:net";
import { once } from "node:events";

/** What a server answered to bytes: the status and the text; undefined if it closed the connection without a word. */
export type Answered = { readonly status: number; readonly text: string } | undefined;

/**
 * Writes bytes to a port of this machine as they are, ends the connection's own half and reads until the server closes
 * the other: what no HTTP client would send, as a body that is cut off or a header that is there twice, is sent too.
 */
export async function sendBytes(port: number, bytes: readonly Uint8Array[]): Promise<Answered> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  // A server may close while something is still written; what it answered before counts.
  socket.on("error", () => undefined);
  const closed = new Promise<void>((done) => socket.on("close", () => done()));
  const ended = new Promise<void>((done) => socket.on("end", () => done()));
  for (const part of bytes)
    if (!socket.destroyed && !socket.write(part)) await Promise.race([once(socket, "drain"), closed]).catch(() => {});
  socket.end();
  await Promise.race([ended, closed]);
  socket.destroy();
  await closed;
  const [, status, text] = /^HTTP\/1\.1 (\d{3}) .*?\r\n\r\n(.*)$/s.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
  return status === undefined ? undefined : { status: Number(status), text: (text ?? "").trim() };
}
