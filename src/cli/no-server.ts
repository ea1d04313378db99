/** Take the place of `serve-command.ts`, `doctor-command.ts`, `setup-command.ts`, `audit-command.ts` and `compliance-history-command.ts` in the npm package, which has no server. Return the exit code 2. */
export const serveCommand = (): Promise<number> => refuse("serve", "The server runs");
export const setupCommand = (): Promise<number> => refuse("setup", "It registers the server, which runs");
export const doctorCommand = (): Promise<number> => refuse("doctor", "It examines the server, which runs");

export const auditVerifyCommand = (): Promise<number> =>
  refuse("audit verify", "It reads the server's database. The server runs");
export const auditExportCommand = (): Promise<number> =>
  refuse("audit export", "It reads the server's database. The server runs");
export const complianceHistoryCommand = (): Promise<number> =>
  refuse("compliance --history", "It reads the server's database. The server runs");

async function refuse(command: string, what: string): Promise<number> {
  process.stderr.write(
    `portcullis ${command}: this package is the command line alone. ${what} from its container image or a checkout:\nhttps://github.com/portcullis-gate/portcullis/blob/main/docs/install.md\n`,
  );
  return 2;
}
