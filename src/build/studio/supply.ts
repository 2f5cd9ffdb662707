// Packages that are installed on the machine, shown in a running studio when its build asks for them: a dependency then
// costs a mount instead of a download. Who asks names an ident; the answer is the release that was shown, with all it needs,
// or nothing. Only what is asked for becomes visible.
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Room, RoomStep } from "../../host/index.ts";
import { formatIdent, type InstalledPackage, type PackageIdent, parseIdent } from "../../package/index.ts";
import { FIRST_STORE_SLOT, packageSteps } from "./mounts.ts";
import { installedClosure } from "./packages.ts";

/** Where the socket is in a studio. */
export const SUPPLY_SOCKET = "/run/hab-supply";
const LONGEST_IDENT = 1024;

export interface Supply {
  /** Steps that bring the socket into the studio. */
  readonly steps: readonly RoomStep[];
  /** From now on packages can be shown in this room. */
  attach(room: Room): void;
  close(): Promise<void>;
}

/** `roots` hold the packages; `stores` are their `hab/pkgs`, in the order in which the room keeps them. */
export function openSupply(roots: readonly string[], stores: readonly string[]): Supply {
  const directory = mkdtempSync(join(tmpdir(), "hab-supply-"));
  const path = join(directory, "socket");
  let room: Room | undefined;
  // One at a time: process 1 answers in turn.
  let last: Promise<unknown> = Promise.resolve();
  const show = (text: string): Promise<string> => {
    const next = last.then(() => (room === undefined ? "" : showPackage(room, text, roots, stores)));
    last = next.catch(() => undefined);
    return next.catch(() => "");
  };
  const server = Bun.listen<{ text: string }>({
    unix: path,
    socket: {
      open: (socket) => {
        socket.data = { text: "" };
      },
      data: async (socket, bytes) => {
        socket.data.text += bytes.toString("utf8");
        const end = socket.data.text.indexOf("\n");
        if (end < 0) {
          if (socket.data.text.length > LONGEST_IDENT) socket.end();
          return;
        }
        socket.end(`${await show(socket.data.text.slice(0, end))}\n`);
      },
    },
  });
  chmodSync(path, 0o600);
  return {
    steps: [
      { kind: "empty-file", path: SUPPLY_SOCKET },
      { kind: "bind", source: realpathSync(path), path: SUPPLY_SOCKET },
    ],
    attach: (started) => {
      room = started;
    },
    async close() {
      server.stop(true);
      await last;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function showPackage(
  room: Room,
  text: string,
  roots: readonly string[],
  stores: readonly string[],
): Promise<string> {
  const closure = installedClosure(parseIdent(text), roots);
  if (closure === undefined) return "";
  const steps = closure.packages.flatMap((each) => stepsOf(each, stores));
  await room.perform(steps);
  return formatIdent(closure.main.ident);
}

/** A directory of the machine that is not below a kept store cannot be reached any more. */
function stepsOf(pkg: InstalledPackage, stores: readonly string[]): RoomStep[] {
  const path = realpathSync(pkg.path);
  const index = stores.findIndex((store) => path.startsWith(`${store}/`));
  if (index < 0) return [];
  return packageSteps(`${pkg}`, relative(stores[index] ?? "/", path), FIRST_STORE_SLOT + index);
}

/** Asks from inside a studio; undefined where there is nobody to ask, or nothing to show. */
export async function askSupply(ident: PackageIdent): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  try {
    await Bun.connect({
      unix: SUPPLY_SOCKET,
      socket: {
        open: (socket) => void socket.write(`${formatIdent(ident)}\n`),
        data: (_, bytes) => {
          answer += bytes.toString("utf8");
        },
        close: () => resolve(answer),
        error: () => resolve(""),
      },
    });
  } catch {
    return undefined;
  }
  return (await promise).trim() || undefined;
}
