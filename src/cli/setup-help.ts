/** What `portcullis setup --help` adds to the options. */
export const SETUP_HELP = `
GitHub registers the App with the permissions and events of app.yml. Its private key and its webhook's secret are written
to files that only you can read, and are never printed.

Exit codes:
  0  registered    1  registered, but something is left to do by hand    2  not registered

Examples:
  portcullis setup --url https://portcullis.example.com --org acme
  portcullis setup --url https://portcullis.example.com --github-url https://github.example.com --org acme
`;
