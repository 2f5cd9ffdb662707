// The depot as a running program: data directory, database, blobs and HTTP server (reference/depot-api.md §17).
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { AnswerCache } from "./answer-cache.ts";
import { createApp, type DepotApp } from "./app.ts";
import { ContentsOfHarts } from "./contents/contents.ts";
import { lockDataDirectory } from "./data-directory.ts";
import { depotErrors } from "./errors.ts";
import { EventFeed } from "./events/feed.ts";
import { ListenerPlaces } from "./events/places.ts";
import { eventViews } from "./events/view.ts";
import { lowFileLimit } from "./file-limit.ts";
import { NO_FIXED_ACCOUNTS, openFixedAccounts } from "./fixed-accounts.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { sizeOfKept } from "./kept-answers.ts";
import { MAX_LISTENERS, MAX_LISTENERS_OF_ADDRESS } from "./limits.ts";
import { type DepotPlaceWords, dataDirectoryOf, openPlace } from "./place.ts";
import type { Rate } from "./rate-limit.ts";
import type { Depot } from "./route.ts";
import { openSecrets } from "./secrets.ts";
import { DEFAULT_SIGN_IN, readSignInConfig } from "./sign-in/config.ts";
import { openSignIn } from "./sign-in/index.ts";
import { dropAbandonedUploads } from "./upload-pieces.ts";
import { startCourier } from "./webhooks/courier.ts";
import { parseWebhookTargets } from "./webhooks/targets.ts";

export interface DepotOptions extends DepotPlaceWords {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** File of fixed accounts (fixed-accounts.ts). */
  readonly accountsFile?: string;
  /** File that says how people sign in (sign-in/config.ts); without it by password. */
  readonly signInFile?: string;
  /** Requests a second that one address may send; 0 sets no limit. Else limits.ts says, for other machines. */
  readonly requestsPerSecond?: number;
  /** Registries whose credentials may be tried out, by type, instead of the public one. */
  readonly registries?: ReadonlyMap<string, string>;
  /** Where webhooks may go (webhooks/targets.ts); `public` when not given. */
  readonly webhookTargets?: string;
  /** One line for the operator. Silent when not given. */
  readonly log?: (line: string) => void;
}

export interface RunningDepot {
  /** `http://host:port`, with the port that was taken. */
  readonly url: string;
  /** Whether anybody can log in yet. */
  readonly hasAccounts: boolean;
  /** Lets running requests finish, then closes everything. */
  stop(): Promise<void>;
}

/** Seconds a silent connection may stay; uploads lift it and watch themselves. */
const IDLE_TIMEOUT_SECONDS = 60;

/** Compat: the only registry the original knows without being given its address. */
const PUBLIC_REGISTRIES: ReadonlyMap<string, string> = new Map([["docker", "https://hub.docker.com/v2"]]);

/** How long `stop` waits for running requests before it cuts them off. */
const STOP_GRACE_MS = 10_000;

/** Between two looks at what crashed processes left. */
const SWEEP_INTERVAL_MS = 15 * 60_000;

/**
 * Starts a depot. Throws HabError (the data directory is unusable or in use, the address is taken, database or object
 * store cannot be used, the sealing key is missing); then nothing runs.
 */
export async function runDepot(options: DepotOptions): Promise<RunningDepot> {
  const directory = dataDirectoryOf(options);
  // Also where database and blobs are elsewhere: what is being received is here, and belongs to one process.
  const lock = lockDataDirectory(directory);
  try {
    const { signInFile, env = process.env } = options;
    const config = signInFile === undefined ? DEFAULT_SIGN_IN : readSignInConfig(signInFile, { env });
    const { database, blobs, keys } = await openPlace(options);
    try {
      const log = options.log ?? (() => undefined);
      const events = new EventFeed(database, log);
      const depot: Depot = {
        database,
        events,
        eventViews: (...args) => views(...args),
        listeners: new ListenerPlaces(MAX_LISTENERS, MAX_LISTENERS_OF_ADDRESS),
        webhookTargets: parseWebhookTargets(options.webhookTargets ?? "public"),
        blobs,
        cache: new AnswerCache(database.version, sizeOfKept),
        contents: new ContentsOfHarts(directory, blobs),
        fixedAccounts:
          options.accountsFile === undefined
            ? NO_FIXED_ACCOUNTS
            : await openFixedAccounts(database, options.accountsFile),
        signIn: await openSignIn({ config, database, dataDirectory: directory, now: Date.now }),
        registries: options.registries ?? PUBLIC_REGISTRIES,
        secrets: await openSecrets(database, keys, Date.now()),
        now: Date.now,
        log,
      };
      const views = eventViews(depot);
      await blobs.sweep();
      await dropAbandonedUploads(depot);
      const hasAccounts =
        (await database.db.selectFrom("accounts").select("id").limit(1).executeTakeFirst()) !== undefined;
      const server = listen(createApp(depot, rateOf(options.requestsPerSecond)), options.listen, depot.log);
      const warning = lowFileLimit();
      if (warning !== undefined) log(warning);
      const endSweeping = sweepNowAndThen(depot);
      const courier = startCourier({ depot, targets: depot.webhookTargets });
      const endHousekeeping = startHousekeeping(depot);
      return {
        url: `http://${urlHost(options.listen.host)}:${server.port}`,
        hasAccounts,
        async stop() {
          endSweeping();
          // Listeners would stay until the grace is over.
          events.close();
          const graceful = server.stop();
          server.closeIdleConnections();
          await Promise.race([graceful, Bun.sleep(STOP_GRACE_MS)]);
          await server.stop(true);
          await courier.stop();
          await endHousekeeping();
          depot.signIn.close();
          await database.close();
          lock.release();
        },
      };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** How much longer than a second's requests a burst may be. */
const BURST_SECONDS = 10;

function rateOf(perSecond: number | undefined): Rate | "unlimited" | undefined {
  if (perSecond === undefined) return undefined;
  return perSecond === 0 ? "unlimited" : { perSecond, burst: perSecond * BURST_SECONDS };
}

/**
 * Tidies up after uploads nobody goes on with, and where there is an object store after other processes, which may die while
 * we live.
 */
function sweepNowAndThen(depot: Depot): () => void {
  const sweep = async (): Promise<void> => {
    if (depot.blobs.isShared) await depot.blobs.sweep();
    await dropAbandonedUploads(depot);
  };
  const timer = setInterval(() => {
    sweep().catch((error) => depot.log(`sweeping failed: ${describeError(error)}`));
  }, SWEEP_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function listen(app: DepotApp, at: DepotOptions["listen"], log: (line: string) => void): Bun.Server<unknown> {
  try {
    return Bun.serve({
      hostname: at.host,
      port: at.port,
      // Left out, a second depot of one process would share the port instead of failing.
      reusePort: false,
      development: false,
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      // Each route has a bound of its own; this one only must not stand in the way (it is a 64-bit number).
      maxRequestBodySize: 2 ** 40,
      async fetch(request, server) {
        const normal = normalRequest(request);
        if (normal === undefined) return new Response(null, { status: 400 });
        return await app(normal, {
          address: server.requestIP(request)?.address ?? "",
          // The original request: the server knows only that one.
          liftIdleLimit: () => server.timeout(request, 0),
        });
      },
      error(error) {
        log(`a request failed: ${describeError(error)}`);
        return new Response(null, { status: 500 });
      },
    });
  } catch (cause) {
    const reason = systemErrorCode(cause) === "EADDRINUSE" ? "something listens there already" : undefined;
    throw new HabError(
      depotErrors.addressUnusable,
      `cannot listen on ${at.host}:${at.port}${reason === undefined ? "" : `: ${reason}`}`,
      { cause },
    );
  }
}

/** A request with an absolute URL and one Host; HTTP/1.0 clients send neither. Undefined when it has two hosts. */
function normalRequest(request: Request): Request | undefined {
  if (request.headers.get("host")?.includes(",") === true) return undefined;
  return request.url.startsWith("/") ? new Request(`http://depot${request.url}`, request) : request;
}
