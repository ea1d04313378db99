/** What `portcullis doctor --help` adds to the options. */
export const DOCTOR_HELP = `
Run it with the environment of the server, beside it or before its first start: settings are those of portcullis serve.
It only reads: it changes nothing on GitHub, migrates no database, and prints no secret.

Exit codes:
  0  nothing is wrong, or there are warnings only
  1  something is wrong
  2  it could not be run: bad usage

Examples:
  portcullis doctor                          examine everything
  portcullis doctor acme/gitops              and of the repositories only this one
  docker exec portcullis portcullis doctor   in the container of the server
`;
