// Passwords: argon2id with the parameters OWASP gives first for it (Password Storage Cheat Sheet: 19 MiB, two passes, one
// lane), at a bounded rate, and with the same work whether there is such an account or not.
import type { Secret } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { Refusal } from "../answers.ts";
import { depotErrors } from "../errors.ts";

const PARAMETERS = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
const CURRENT = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=1$`;

/** Hashes at the same time (each takes a core and 19 MiB), and those that wait for one. More are answered 503. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 32;

/** Characters. NIST SP 800-63B asks for no rules beyond a length, and for at least 64 to be allowed. */
export const MIN_PASSWORD_LENGTH = 12;
const MAX_PASSWORD_BYTES = 1024;

/** Why a text cannot be a new password; undefined when it can. */
export function passwordFault(password: string, accountName: string): string | undefined {
  const normal = password.normalize("NFC");
  if ([...normal].length < MIN_PASSWORD_LENGTH)
    return `A password has at least ${MIN_PASSWORD_LENGTH} characters`;
  if (Buffer.byteLength(normal) > MAX_PASSWORD_BYTES)
    return `A password has at most ${MAX_PASSWORD_BYTES} bytes`;
  if (normal.toLowerCase().includes(accountName.toLowerCase()) && normal.length < 2 * accountName.length + 8)
    return "The password is little more than the account's name";
  if (new Set(normal).size < 4) return "The password has the same characters again and again";
  return undefined;
}

/** Hashes a new password. Throws HabError `passwordUnfit`. */
export async function hashPassword(password: Secret<string>, accountName: string): Promise<string> {
  const fault = passwordFault(password.reveal(), accountName);
  if (fault !== undefined) throw new HabError(depotErrors.passwordUnfit, fault);
  return await argon2id(password);
}

function argon2id(password: Secret<string>): Promise<string> {
  return Bun.password.hash(password.reveal().normalize("NFC"), PARAMETERS);
}

export interface PasswordChecker {
  /** Whether it is the password of a hash. Without a hash the same work is done, and the answer is no. Refuses with 503. */
  matches(password: string, hash: string | undefined): Promise<boolean>;
  /** Hashes a new password, in the same queue. Throws HabError `passwordUnfit`; refuses with 503. */
  hash(password: Secret<string>, accountName: string): Promise<string>;
  /** Hashes a password that is in use with the parameters of today. Refuses with 503. */
  rehash(password: Secret<string>): Promise<string>;
}

export function passwordChecker(): PasswordChecker {
  const queue = boundedQueue(MAX_AT_ONCE, MAX_WAITING);
  let stranger: Promise<string> | undefined;
  return {
    async matches(password, hash) {
      if (password === "" || Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
      return await queue(async () => {
        stranger ??= Bun.password.hash(crypto.randomUUID(), PARAMETERS);
        const against = hash ?? (await stranger);
        const isRight = await Bun.password.verify(password.normalize("NFC"), against);
        return hash !== undefined && isRight;
      });
    },
    hash: (password, accountName) => queue(() => hashPassword(password, accountName)),
    rehash: (password) => queue(() => argon2id(password)),
  };
}

/** Whether a hash was made with other parameters than those of today. */
export function isOutdatedHash(hash: string): boolean {
  return !hash.startsWith(CURRENT);
}

/** Runs so many tasks at once and lets so many wait. */
export function boundedQueue(
  maxAtOnce: number,
  maxWaiting: number,
): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= maxAtOnce) {
      if (waiting.length >= maxWaiting)
        throw new Refusal(503, "Too many sign-ins at once", { "Retry-After": "2" });
      // Whoever ends hands its place on, so that nobody who comes in between takes it.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
