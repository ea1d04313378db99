import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { Probot } from "probot";
import type { Limits } from "../github/budget.ts";
import { createAuditHeadLog } from "./audit-head-log.ts";
import { createOwnLogin } from "./own-login.ts";
import { appOctokit } from "../github/app-client.ts";
import { createClients, createFetch } from "../github/clients.ts";
import type { Database } from "../store/database.ts";
import type { Delivery } from "../store/deliveries.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { openStore } from "../store/open.ts";
import { bindQueries } from "../store/store-queries.ts";
import { signerOf } from "./evidence/evidence-settings.ts";
import { writeAuthorities } from "./mirror/certificates.ts";
import { createIngress } from "./ingress/ingress.ts";
import { listen } from "./ingress/intake.ts";
import { JudgePool } from "./judge/pool.ts";
import { SILENT } from "./log.ts";
import { createLogOnce } from "./log-once.ts";
import { createMetrics } from "./metrics.ts";
import { Mirrors } from "./mirror/mirror.ts";
import { createRequirementNotes } from "./publish/requirement.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./settings.ts";
import { answerReport } from "./reports/answer-report.ts";
import { reportLinks } from "./reports/report-links.ts";
import { runComplianceJob } from "./compliance/compliance-job.ts";
import { runCommandJob } from "./jobs/command-job.ts";
import { handleDelivery, type Receive } from "./jobs/delivery-job.ts";
import { handleWaiting, sweep } from "./jobs/sweep.ts";
import { endOverrides } from "./overrides/end-overrides.ts";
import { runIssueJob } from "./overrides/issue-job.ts";
import { giveUp } from "./jobs/give-up.ts";
import { runJudgeJob } from "./jobs/judge-job.ts";
import { runRulesJob } from "./jobs/rules-job.ts";
import { work, type Jobs } from "./jobs/worker.ts";
import { reconcile } from "./reconcile/reconcile.ts";
import { lookAhead } from "./restoring/look-ahead.ts";
import { deleteMirrors } from "./unavailable.ts";

/** A running server. Tests read its services and its database. */
export interface RunningServer {
  readonly url: string;
  readonly services: Services;
  readonly database: Database;
  /** How many judge threads run. */
  judgeThreads(): number;
  /** Has what is stored compared with GitHub, now or after the comparison that is under way. */
  reconcile(): Promise<void>;
  /**
   * Accepts no more work, lets running jobs end within `milliseconds`, returns the others to the queue, and closes
   * everything.
   */
  stop(milliseconds?: number): Promise<void>;
}

/** Options of `startServer` that do not come from the settings. */
export interface ServerOptions {
  readonly log: Logger;
  /** Called at each checkpoint of each job. */
  readonly checkpoint?: Services["checkpoint"];
  readonly extraAuthorities?: string | undefined;
  /** Seconds between sweeps; default 300. */
  readonly sweepSeconds?: number;
  /** Seconds after which a sweep looks at an enrolled repository again; default 3600. */
  readonly repositorySeconds?: number;
  /** Seconds after which the work of a process that died is taken up; default 60. */
  readonly leaseSeconds?: number;
  /** What GitHub allows each installation; default: what it documents. */
  readonly limits?: Limits | undefined;
  /** The clock by which branches are judged by themselves at night; default: that of this machine. */
  readonly now?: () => Date;
  /** Milliseconds after which a judge thread that no job took ends; default ten minutes. */
  readonly idleMilliseconds?: number;
}

/** Replicas that start one after the other compare what they store with GitHub once. */
const SECONDS_BETWEEN_STARTS = 600;

/** The last row of the audit log is logged hourly. */
const AUDIT_HEAD_MILLISECONDS = 3_600_000;

const DRAIN_MILLISECONDS = 20_000;
const DELIVERIES_AT_ONCE = 4;
/** The jobs that run at the same time in one process. */
export const JOBS_AT_ONCE = Math.max(2, Math.min(4, availableParallelism()));

/** Starts the App: the lock, the store, the workers, and the ingress last. Rejects if one of them cannot start. */
export async function startServer(settings: Settings, options: ServerOptions): Promise<RunningServer> {
  const { log } = options;
  const lock = await lockStateDirectory(settings.stateDir);
  const undo: (() => Promise<void>)[] = [() => lock.release()];
  const unwind = async (): Promise<void> => {
    for (const step of undo.toReversed())
      await step().catch((error: unknown) => log.error({ err: error }, "a component did not close"));
  };
  try {
    return await startServices(settings, options, undo, unwind);
  } catch (error) {
    await unwind();
    throw error;
  }
}

async function startServices(
  settings: Settings,
  options: ServerOptions,
  undo: (() => Promise<void>)[],
  unwind: () => Promise<void>,
): Promise<RunningServer> {
  const { log } = options;
  const authorities = await writeAuthorities(settings.stateDir, options.extraAuthorities);
  const store = await openStore(settings, (error) => log.error({ err: error }, "the queue failed"));
  let drain = DRAIN_MILLISECONDS;
  undo.push(() => store.close(1_000));
  const { database, queue } = store;
  const queries = bindQueries(database);
  const metrics = createMetrics(async () => ({
    backlog: await queries.measureBacklog(),
    stuck: await queries.countStuckRuns(settings.judgeDeadline + 120),
    dead: await queries.countDeadDeliveries(),
    unavailable: await queries.countUnavailable(),
    compared: await queries.readReconciliationTimes(),
    compliance: await queries.readComplianceTotals(),
    audited: (await queries.readAuditHead())?.sequence ?? 0,
  }));
  const links =
    settings.publicUrl === undefined
      ? undefined
      : reportLinks(settings.publicUrl, await queries.findOrMakeSecret("report links"));
  const logOnce = createLogOnce(log);
  const http = createFetch();
  undo.push(() => http.close());
  // It hands webhooks to handlers and asks GitHub nothing: its client turns throttling on whatever it is told. That waits
  // out rate limits within a call and, by the time of day, for as long as the clock is set back.
  const probot = new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    // It would log each event that a handler fails on, with its payload; handleDelivery says what failed.
    log: SILENT,
    // The ingress has checked the signature already; Probot does not check it again.
    secret: settings.webhookSecrets[0],
  });
  const pool = new JudgePool({
    size: JOBS_AT_ONCE,
    thread: {
      cacheDirectory: join(settings.stateDir, "compiled"),
      remotesDirectory: join(settings.stateDir, "remotes"),
      hosts: settings.hosts,
      ...(settings.credentialsPath === undefined ? {} : { credentialsPath: settings.credentialsPath }),
    },
    onRestart: () => metrics.workerRestarts.inc(),
    ...(options.idleMilliseconds === undefined ? {} : { idleMilliseconds: options.idleMilliseconds }),
  });
  undo.push(() => pool.close());
  const mirrors = new Mirrors(join(settings.stateDir, "mirrors"));
  undo.push(() => mirrors.close());
  const clients = createClients({
    apiUrl: settings.apiUrl,
    app: appOctokit({ ...settings, fetch: http.fetch }),
    fetch: http.fetch,
    onAnswer: (status, remaining) => {
      metrics.requests.inc({ status: String(status) });
      if (remaining !== undefined) metrics.quota.set(remaining);
    },
    limits: options.limits,
    onHold: (installation, seconds) => {
      metrics.heldSeconds.inc(seconds);
      queries.holdInstallation(installation, seconds).catch((error: unknown) => {
        log.warn({ err: error, installation }, "other replicas could not be told of a rate limit");
      });
    },
    onRefusal: (refusal, cause) => logOnce.warn(`github ${cause}`, { github: refusal }, "GitHub refused a request"),
  });
  const services: Services = {
    store: queries,
    queue,
    clients,
    mirrors,
    pool,
    metrics,
    requirements: createRequirementNotes(settings.appId),
    log,
    appId: settings.appId,
    ownLogin: createOwnLogin(clients),
    deadline: settings.judgeDeadline,
    leaseSeconds: options.leaseSeconds ?? 60,
    running: new Map(),
    now: options.now ?? (() => new Date()),
    checkpoint: options.checkpoint ?? (() => undefined),
    ...(links === undefined ? {} : { reportUrl: links.url }),
    ...evidenceOf(settings),
    ...(authorities === undefined ? {} : { authorities }),
  };
  await probot.load((app) => listen(app, services));

  const stopping = new AbortController();
  const draining = new AbortController();
  const jobs: Jobs = {
    judge: (leased, signal) => runJudgeJob(services, leased, signal),
    rules: (leased, signal) => runRulesJob(services, leased, signal),
    compliance: (leased, signal) => runComplianceJob(services, leased, signal),
    command: (leased) => runCommandJob(services, leased),
    issue: (leased) => runIssueJob(services, leased),
    giveUp: (leased, why) => giveUp(services, leased, why),
  };
  const receive: Receive = (event) => probot.receive(event as Parameters<Probot["receive"]>[0]);
  queue.work("delivery", DELIVERIES_AT_ONCE, ({ guid }) => handleDelivery(services, receive, guid));
  const look = async (): Promise<boolean> => {
    await lookAhead(services, stopping.signal);
    return work(services, jobs, stopping.signal);
  };
  const makeRoom = async (): Promise<void> => {
    if (pool.hasLent() && (await queries.isWorkDue(clients.usedUp()))) pool.callSpare();
  };
  queue.watch(JOBS_AT_ONCE, look, makeRoom);
  queue.work("sweep", 1, () => sweep(services, options.repositorySeconds ?? 3_600));
  queue.work("overrides", 1, () => endOverrides(services));
  queue.work("reconcile", 1, ({ part }) => reconcile(services, part, draining.signal));
  await handleWaiting(services);

  let ready = true;
  const ingress = createIngress({
    secrets: settings.webhookSecrets,
    metrics,
    log,
    logOnce,
    accept: (delivery) => accept(services, delivery),
    ...(links === undefined ? {} : { report: (path, query) => answerReport(services, links, path, query) }),
    ready: async () =>
      ready &&
      (await database.query("select 1").then(
        () => true,
        () => false,
      )),
  });
  ingress.listen(settings.port, settings.host);
  await once(ingress, "listening");
  const sweepSeconds = options.sweepSeconds ?? 300;
  const askForSweep = (): void => {
    queries
      .mendTimes(services.leaseSeconds)
      .then(() => queue.sweepOncePer(sweepSeconds))
      .catch((error: unknown) => log.error({ err: error }, "a sweep could not be scheduled"));
    deleteMirrors(services).catch((error: unknown) => log.error({ err: error }, "mirrors could not be deleted"));
  };
  const askForReconciliation = async (unlessWithin?: number): Promise<void> => {
    for (const part of ["deliveries", "repositories"] as const) {
      await queries.requestReconciliation(part, unlessWithin);
      await queue.send("reconcile", { part });
    }
  };
  askForSweep();
  await askForReconciliation(SECONDS_BETWEEN_STARTS);
  const timer = setInterval(askForSweep, sweepSeconds * 1_000);
  const logHead = createAuditHeadLog(services);
  await logHead();
  const heads = setInterval(() => void logHead(), AUDIT_HEAD_MILLISECONDS);

  undo.push(async () => {
    ready = false;
    draining.abort();
    clearInterval(timer);
    clearInterval(heads);
    const closed = new Promise<void>((done) => ingress.close(() => done()));
    ingress.closeIdleConnections();
    // Jobs that still run when the time is nearly up return their work to the queue; the next attempt resumes it.
    const last = setTimeout(() => stopping.abort(), drain * 0.8);
    await queue.stop(drain);
    clearTimeout(last);
    ingress.closeAllConnections();
    await closed;
  });
  const { port } = ingress.address() as AddressInfo;
  const host = settings.host === "0.0.0.0" || settings.host === "::" ? "127.0.0.1" : settings.host;
  return {
    url: `http://${host}:${port}`,
    services,
    database,
    judgeThreads: () => pool.running(),
    reconcile: () => askForReconciliation(),
    async stop(milliseconds = DRAIN_MILLISECONDS) {
      drain = milliseconds;
      await unwind();
    },
  };
}

/** Who signs evidence, in the name of the address at which this server is reached. */
function evidenceOf({ evidence, publicUrl }: Settings): Pick<Services, "evidence"> {
  if (evidence === undefined) return {};
  const { version, homepage } = createRequire(import.meta.url)("../../../package.json") as {
    readonly version: string;
    readonly homepage: string;
  };
  return {
    evidence: { signer: signerOf(evidence), verifier: { id: publicUrl ?? homepage.replace(/#.*/, ""), version } },
  };
}

/** Stores a delivery and calls a worker, unless the delivery was accepted before. */
async function accept(services: Services, delivery: Delivery): Promise<void> {
  if (!(await services.store.acceptDelivery(delivery))) return;
  // It is stored, so it counts as accepted: if no worker can be called now, the next sweep does it.
  await services.queue.send("delivery", { guid: delivery.guid }).catch((error: unknown) => {
    services.log.warn({ err: error, delivery: delivery.guid }, "a worker could not be notified");
  });
}
