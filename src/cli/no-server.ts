/** Takes the place of `serve-command.ts` in the npm package, which has no server. Returns the exit code 2. */
export async function serveCommand(): Promise<number> {
  process.stderr.write(
    "portcullis serve: this package is the command line alone. The server runs from its container image or a checkout:\nhttps://github.com/portcullis-gate/portcullis/blob/main/docs/install.md\n",
  );
  return 2;
}
