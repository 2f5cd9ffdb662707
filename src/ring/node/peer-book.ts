// The addresses to join by: those given, and those in the peer watch file (reference/butterfly.md §15). Names are looked
// up again and again, for what they stand for changes; a line that is no peer is reported and the others are used.
import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describeError, HabError } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";
import { type Peer, parsePeer, type Resolve, resolvePeer } from "../peers.ts";
import type { Address } from "../protocol.ts";
import {
  FILE_SETTLING_MS,
  MAX_PEER_FILE_LINES,
  RESOLVE_INTERVAL_ALONE_MS,
  RESOLVE_INTERVAL_MS,
} from "./limits.ts";

export interface PeerBookOptions {
  readonly peers: readonly string[];
  readonly watchFile?: string | undefined;
  /** 4: this member can reach IPv4 addresses only. */
  readonly family: 4 | "any";
  readonly resolve: Resolve;
  readonly isSelf: (address: Address) => boolean;
  /** Whether no other member is known to live. */
  readonly alone: () => boolean;
  /** The addresses are others than before. */
  readonly changed: (addresses: readonly Address[]) => void;
  readonly complain: (kind: string, line: string) => void;
}

export class PeerBook {
  readonly #options: PeerBookOptions;
  readonly #given: readonly Peer[];
  /** What each peer stood for when it was last found, by its name and port. */
  readonly #found = new Map<string, readonly Address[]>();
  #filed: readonly Peer[] = [];
  #addresses: readonly Address[] = [];
  #watcher: FSWatcher | undefined;
  #timer: Timer | undefined;
  #settling: Timer | undefined;
  /** The peer watch file as last read; undefined where it could not be. */
  #fileText: string | undefined;
  #running = false;
  #again = false;
  #stopped = false;

  constructor(options: PeerBookOptions) {
    this.#options = options;
    this.#given = this.#parse(options.peers, () => "--peer");
  }

  get addresses(): readonly Address[] {
    return this.#addresses;
  }

  /** Looks everything up, and from then on again and again. Resolves after the first time. */
  async start(): Promise<void> {
    await this.#round();
  }

  /** Looks everything up now: the last other member is gone. */
  hurry(): void {
    if (this.#given.length > 0 || this.#options.watchFile !== undefined) void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }

  async #round(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      do {
        this.#again = false;
        await this.#readFile();
        await this.#resolveAll();
      } while (this.#again && !this.#stopped);
    } finally {
      this.#running = false;
    }
    if (this.#stopped) return;
    const repeats = this.#options.watchFile !== undefined || this.#given.length > 0;
    const delay = this.#options.alone() ? RESOLVE_INTERVAL_ALONE_MS : RESOLVE_INTERVAL_MS;
    if (repeats) this.#timer = setTimeout(() => void this.#round(), delay);
  }

  async #readFile(): Promise<void> {
    const { watchFile } = this.#options;
    if (watchFile === undefined) return;
    this.#watch(watchFile);
    try {
      const text = await readFile(watchFile, "utf8");
      this.#fileText = text;
      const lines = text.split("\n", MAX_PEER_FILE_LINES);
      if (lines.at(-1) === "") lines.pop();
      this.#filed = this.#parse(lines, (index) => `${watchFile}, line ${index + 1}`);
    } catch (error) {
      this.#fileText = undefined;
      this.#options.complain(
        "peer-file",
        `${ringErrors.peerFileUnreadable.code} Cannot read the peer watch file: ${describeError(error)}`,
      );
    }
  }

  /** The directory is watched: a file that is replaced is another file, and its name may be a link to one elsewhere. */
  #watch(file: string): void {
    if (this.#watcher !== undefined) return;
    try {
      const watcher = watch(dirname(file), { persistent: false }, () => this.#seen());
      watcher.on("error", () => {
        watcher.close();
        this.#watcher = undefined; // by the next round
      });
      this.#watcher = watcher;
    } catch {
      // No such directory: the next round tries again, and says that the file cannot be read.
    }
  }

  /** Something happened in the directory: several events a replacement, and most are about other files. */
  #seen(): void {
    this.#settling ??= setTimeout(async () => {
      this.#settling = undefined;
      const { watchFile } = this.#options;
      if (this.#stopped || watchFile === undefined) return;
      const text = await readFile(watchFile, "utf8").catch(() => undefined);
      if (text !== this.#fileText && !this.#stopped) await this.#round();
    }, FILE_SETTLING_MS);
  }

  #parse(lines: readonly string[], where: (index: number) => string): Peer[] {
    const peers: Peer[] = [];
    for (const [index, line] of lines.entries())
      try {
        peers.push(parsePeer(line));
      } catch (error) {
        const code = error instanceof HabError ? `${error.code} ` : "";
        this.#options.complain(`peer ${where(index)}`, `${code}${where(index)}: ${describeError(error)}`);
      }
    return peers;
  }

  async #resolveAll(): Promise<void> {
    const { family, resolve, complain, isSelf, changed } = this.#options;
    const wanted = new Map([...this.#given, ...this.#filed].map((peer) => [keyOf(peer), peer]));
    for (const key of this.#found.keys()) if (!wanted.has(key)) this.#found.delete(key);
    // Addresses are there at once; they do not wait for names.
    const lookUp = async ([key, peer]: [string, Peer]): Promise<void> => {
      try {
        this.#found.set(key, await resolvePeer(peer, family, resolve));
      } catch (error) {
        // What it stood for before stays: a name server that is away takes no peer away.
        const code = error instanceof HabError ? `${error.code} ` : "";
        complain(`resolve ${peer.host}`, `${code}${describeError(error)}`);
      }
    };
    const tell = (): void => {
      if (this.#stopped) return;
      const all = new Map([...this.#found.values()].flat().map((address) => [keyOf(address), address]));
      const addresses = [...all.values()].filter((address) => !isSelf(address));
      if (sameAddresses(addresses, this.#addresses)) return;
      this.#addresses = addresses;
      changed(addresses);
    };
    const lookUps = [...wanted].map(lookUp);
    await Promise.race([Promise.all(lookUps), new Promise((resolve) => setImmediate(resolve))]);
    tell();
    await Promise.all(lookUps);
    tell();
  }
}

const keyOf = ({ host, port }: Address): string => `${host} ${port}`;

function sameAddresses(a: readonly Address[], b: readonly Address[]): boolean {
  const keys = new Set(a.map(keyOf));
  return a.length === b.length && b.every((address) => keys.has(keyOf(address)));
}
