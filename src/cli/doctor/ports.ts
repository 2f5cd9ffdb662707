// `hab doctor`, ports: those of the Supervisor are free, or it holds them itself.
import { join } from "node:path";
import { readTextIfPresent } from "../../host/index.ts";
import { CONTROL_PORT } from "../shared-options.ts";
import { hostAndPort } from "../values.ts";
import { type Check, checksOf, type DoctorContext, variable } from "./check.ts";
import { type BoundSocket, boundSockets, ownerOf, type Protocol, parentOf, programOf } from "./sockets.ts";

const { ok, warning, failure } = checksOf("ports");

const HTTP_PORT = 9631;
const GOSSIP_PORT = 9638;
const DOORS: readonly {
  name: string;
  variable: string;
  host: string;
  port: number;
  protocols: Protocol[];
}[] = [
  { name: "HTTP gateway", variable: "HAB_LISTEN_HTTP", host: "0.0.0.0", port: HTTP_PORT, protocols: ["tcp"] },
  { name: "control", variable: "HAB_LISTEN_CTL", host: "127.0.0.1", port: CONTROL_PORT, protocols: ["tcp"] },
  {
    name: "ring",
    variable: "HAB_LISTEN_GOSSIP",
    host: "0.0.0.0",
    port: GOSSIP_PORT,
    protocols: ["udp", "tcp"],
  },
];

/** A check for each port and protocol. */
export function checkPorts(context: DoctorContext): Check[] {
  const sockets = boundSockets(context.proc);
  return DOORS.flatMap((door) => {
    const given = variable(context, door.variable);
    let { host, port } = door;
    try {
      if (given !== undefined) ({ host, port } = hostAndPort(door.port)(given));
    } catch {
      return [failure(door.name, `${door.variable} is no address`, `Set ${door.variable} to HOST:PORT.`)];
    }
    return door.protocols.map((protocol) => {
      const name = `${door.name}, ${protocol.toUpperCase()} ${host}:${port}`;
      // Port 0 is whatever the system gives.
      const socket =
        port === 0 ? undefined : sockets.find((each) => isInTheWay(each, { protocol, host, port }));
      return socket === undefined ? ok(name, "free") : heldBy(context, name, socket, door.variable);
    });
  });
}

function heldBy(context: DoctorContext, name: string, socket: BoundSocket, listen: string): Check {
  const launcher = runningLauncher(context);
  const owner = ownerOf(context.proc, socket.inode);
  if (owner === undefined) {
    if (launcher === undefined)
      return failure(
        name,
        "taken by a process that cannot be seen",
        `Run hab doctor as root to see which, stop it, or set ${listen} to another address.`,
      );
    return warning(
      name,
      `taken; our launcher runs (process ${launcher}), but who holds the port cannot be seen`,
      "Run hab doctor as root.",
    );
  }
  if (launcher !== undefined && isSupervisorOf(context.proc, launcher, owner.pid, owner.name))
    return ok(name, `held by our Supervisor (process ${owner.pid})`);
  return failure(
    name,
    `taken by process ${owner.pid} (${owner.name})`,
    `Stop process ${owner.pid}, or set ${listen} to another address.`,
  );
}

/** The launcher itself, or its child with its program: its other children are services, which may sit on the wrong port. */
function isSupervisorOf(proc: string, launcher: number, pid: number, name: string): boolean {
  if (pid === launcher) return true;
  if (parentOf(proc, pid) !== launcher) return false;
  const program = programOf(proc, pid);
  return name === "hab-sup" || (program !== undefined && program === programOf(proc, launcher));
}

function runningLauncher({ root, proc }: DoctorContext): number | undefined {
  let text: string | undefined;
  try {
    text = readTextIfPresent(join(root, "hab/launcher/PID"))?.trim();
  } catch {
    return undefined; // not ours to read, so not ours to judge
  }
  const pid = /^[0-9]{1,10}$/.test(text ?? "") ? Number(text) : undefined;
  return pid !== undefined && parentOf(proc, pid) !== undefined ? pid : undefined;
}

function isInTheWay(
  socket: BoundSocket,
  { protocol, host, port }: { protocol: Protocol; host: string; port: number },
): boolean {
  if (socket.protocol !== protocol || socket.port !== port) return false;
  const address = host === "localhost" ? "127.0.0.1" : host;
  // Names and IPv6 addresses are not resolved here: any socket of the port counts for them.
  const isOneV4 = /^[0-9.]+$/.test(address) && address !== "0.0.0.0";
  return !isOneV4 || socket.address === "*" || socket.address === address;
}
