/** What `portcullis serve --help` adds: every setting. */
export const SERVE_HELP = `
Settings are read from the environment:
  APP_ID                        the GitHub App's id
  PRIVATE_KEY, PRIVATE_KEY_PATH its private key in PEM format, or the path of the file that contains it
  WEBHOOK_SECRET                at least 16 characters; two separated by a comma while rotating
  GITHUB_API_URL                default https://api.github.com; GitHub Enterprise Server: https://HOST/api/v3
  PUBLIC_URL                    where this server is reached, such as https://portcullis.example.com: checks then link
                                to their report
  HOST, PORT                    default 0.0.0.0, 3000
  DATABASE_URL                  PostgreSQL; if unset, an embedded database under STATE_DIR
  STATE_DIR                     default ./.portcullis: mirrors, compiled policies, embedded database
  JUDGE_DEADLINE                seconds after which an unfinished judgement fails its check; default 600
  EVIDENCE_KEY_PATH             a private key that signs statements about merged commits; or, to have a command sign them:
  EVIDENCE_SIGNER, EVIDENCE_PUBLIC_KEY_PATH  the command, and the file of its public key (docs/audit.md)
  LOG_LEVEL                     fatal, error, warn, info, debug, trace; default info
  HTTPS_PROXY, NODE_EXTRA_CA_CERTS  used for the API and for Git

GitHub sends webhooks to POST /api/github/webhooks. GET /reports/… is for people; GET /livez, /readyz and /metrics are for monitoring.
SIGTERM drains and stops; SIGUSR2 has what is stored compared with GitHub, which is done at the start and daily.
docs/install.md describes how to register the App.
`;
