// A GitHub on loopback: REST checked against GitHub's own description, Git over HTTP from real repositories, signed webhooks.
import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOnce } from "../make-once.ts";
import { TEST_CACHE } from "../test-cache.ts";
import { defaultPlan } from "./deliveries.ts";
import { answerGit, isGitPath } from "./git-http.ts";
import { answerRegistration, isRegistrationPath } from "./registration.ts";
import { people, type People } from "./people.ts";
import { answerRest } from "./rest.ts";
import type { Account, Permissions, World } from "./state.ts";
import type { DeliveryPlan, MergePlan } from "./traffic.ts";

export interface GitHubOptions {
  readonly port?: number;
  /** Where the App listens; may be set later with `setWebhookUrl`. */
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  /** What the App's registration asks for; default: the permissions of app.yml plus nothing. */
  readonly permissions?: Permissions;
  readonly events?: readonly string[];
  readonly delivery?: Partial<DeliveryPlan>;
  readonly merge?: Partial<MergePlan>;
  readonly now?: () => Date;
  /** What a conversion of a manifest tells of the webhook's secret; default: the secret itself. */
  readonly toldSecret?: string | null;
}

export interface SimulatedGitHub extends People {
  readonly url: string;
  /** For GITHUB_API_URL: the shape of GitHub Enterprise Server, /api/v3. The bare `url` answers REST as well. */
  readonly apiUrl: string;
  readonly appId: number;
  /** PEM, PKCS#1, as GitHub hands it out. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly world: World;
  close(): Promise<void>;
}

const PERMISSIONS: Permissions = {
  metadata: "read",
  contents: "read",
  checks: "write",
  pull_requests: "write",
  merge_queues: "read",
  statuses: "write",
  issues: "write",
  members: "read",
};

const EVENTS = [
  "pull_request",
  "pull_request_review",
  "membership",
  "team",
  "organization",
  "member",
  "merge_group",
  "check_run",
  "check_suite",
  "push",
  "issue_comment",
  "issues",
  "repository_dispatch",
  "repository",
];

/** One key for all tests: making an RSA key costs more than starting the server. */
async function privateKeyPem(): Promise<string> {
  const file = await makeOnce(join(TEST_CACHE, "simulated-github.pem"), (draft) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(draft, privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  });
  return readFileSync(file, "utf8");
}

function newWorld(options: GitHubOptions, privateKey: string): World {
  const now = options.now ?? ((): Date => new Date());
  const owner = { id: 900, login: "portcullis-makers", type: "Organization" } as const;
  const app = { id: 4242, slug: "portcullis", name: "Portcullis" };
  const bot = { id: 901, login: "portcullis[bot]", type: "Bot" } as const;
  return {
    directory: mkdtempSync(join(tmpdir(), "simulated-github-")),
    url: "",
    app: {
      ...app,
      clientId: "Iv23liSimulated00001",
      owner,
      publicKey: createPublicKey(privateKey),
      permissions: options.permissions ?? PERMISSIONS,
      events: options.events ?? EVENTS,
      bot,
    },
    webhookSecret: options.webhookSecret ?? randomBytes(24).toString("hex"),
    ...(options.toldSecret === undefined ? {} : { toldSecret: options.toldSecret }),
    privateKey,
    registrations: new Map(),
    webhookUrl: options.webhookUrl,
    hook: { contentType: "json", signed: true, insecureSsl: "0" },
    accounts: new Map<string, Account>([
      [owner.login, owner],
      [bot.login, bot],
    ]),
    teams: [],
    repositories: [],
    moved: new Map(),
    installations: [],
    tokens: new Map(),
    personalTokens: new Map(),
    violations: [],
    calls: [],
    faults: [],
    deliveries: [],
    delivery: { ...defaultPlan(), ...options.delivery },
    lagging: new Set(),
    restLags: new Map(),
    merge: { delay: 0, onConflict: "stale", ...options.merge },
    rate: { limit: 5000, used: 0, resetAt: Math.floor(now().getTime() / 1000) + 3600 },
    counted: new Map(),
    pending: new Set(),
    now,
    lastId: 1000,
    closed: false,
  };
}

/** Where GitHub redirects a request by an old name: the path by the id of the repository. */
function withName(world: World, path: string): string {
  return path.replace(/^\/repositories\/(\d+)/, (whole, id) => {
    const found = world.repositories.find((repository) => repository.id === Number(id));
    return found === undefined ? whole : `/repos/${found.owner.login}/${found.name}`;
  });
}

async function answer(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", world.url);
  if (isGitPath(url.pathname)) return answerGit(world, request, response, url.pathname, url.searchParams);
  if (isRegistrationPath(url.pathname)) return answerRegistration(world, request, response, url);
  const path = withName(world, url.pathname.replace(/^\/api\/v3(?=\/|$)/, ""));
  return answerRest(world, request, response, path === "" ? "/" : path, url.searchParams);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Starts it on 127.0.0.1; repositories live in a temporary directory that `close()` removes. */
export async function startGitHub(options: GitHubOptions = {}): Promise<SimulatedGitHub> {
  const privateKey = await privateKeyPem();
  const world = newWorld(options, privateKey);
  const server = createServer((request, response) => {
    answer(world, request, response).catch((error: unknown) => {
      if (!world.closed)
        world.violations.push({
          where: "answer",
          operation: `${request.method} ${request.url}`,
          message: String(error instanceof Error ? error.stack : error),
        });
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: "the simulated GitHub failed" }));
    });
  });
  world.url = `http://127.0.0.1:${await listen(server, options.port ?? 0)}`;
  return {
    ...people(world),
    url: world.url,
    apiUrl: `${world.url}/api/v3`,
    appId: world.app.id,
    privateKey,
    webhookSecret: world.webhookSecret,
    world,
    async close() {
      world.closed = true;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.race([
        Promise.allSettled(world.pending),
        new Promise((resolve) => setTimeout(resolve, 500).unref()),
      ]);
      await rm(world.directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
