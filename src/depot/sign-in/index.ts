// Everything about signing in that the whole depot shares: the configuration, and what keeps passwords slow to guess.
import { RateLimit } from "../rate-limit.ts";
import type { DepotDatabase } from "../store/database.ts";
import { type Attempts, attemptsOn } from "./attempts.ts";
import { type Client, clientReader } from "./client.ts";
import type { SignInConfig } from "./config.ts";
import { type Devices, devicesOf } from "./device.ts";
import type { Kerberos } from "./kerberos.ts";
import { type PasswordChecker, passwordChecker } from "./passwords.ts";
import { type Provider, providersOf } from "./providers.ts";

/** Enough for an office behind one address, too few to keep a provider busy. */
const QUESTION_RATE = { perSecond: 1, burst: 100 } as const;

export interface SignIn {
  readonly config: SignInConfig;
  readonly passwords: PasswordChecker;
  readonly attempts: Attempts;
  /** Questions to providers that one address may cause. */
  readonly questions: RateLimit;
  /** Terminals that sign in by a code. */
  readonly devices: Devices;
  /** By their names in paths. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Who is at the other end of a request. */
  clientOf(request: Request, peer: string): Client;
  readonly kerberos: Kerberos | undefined;
  close(): void;
}

export interface SignInParts {
  readonly config: SignInConfig;
  readonly database: DepotDatabase;
  readonly dataDirectory: string;
  readonly now: () => number;
}

/** Throws HabError where the configuration asks for what this machine does not have. */
export async function openSignIn(parts: SignInParts): Promise<SignIn> {
  const { config, database, dataDirectory, now } = parts;
  const kerberos =
    config.kerberos === undefined
      ? undefined
      : await (await import("./kerberos.ts")).openKerberos(config.kerberos, dataDirectory);
  return {
    config,
    passwords: passwordChecker(),
    attempts: attemptsOn(database, now),
    questions: new RateLimit(QUESTION_RATE, now),
    devices: devicesOf(now),
    providers: providersOf(config, now),
    clientOf: clientReader(config),
    kerberos,
    close: () => kerberos?.close(),
  };
}
