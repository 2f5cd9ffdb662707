// One member of a ring and nothing else, for ring.bench.ts: what it sees it prints, a line of JSON each; what it is to do
// it reads, a line of JSON each. It ends with its input. The argument is JSON of `Setup`.
import { parseKey } from "../src/crypto/index.ts";
import {
  CLIENT_ID,
  configFor,
  createMember,
  electionFor,
  healthOf,
  openRingStorage,
  type RingEvent,
  startRingNode,
} from "../src/ring/index.ts";

export const GROUP = "db.default";

export interface Setup {
  /** Its state is kept here. */
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly peers: readonly string[];
  readonly key: string;
  /** Whether it runs the service of the group, which elects a leader. */
  readonly serves: boolean;
}

/** Configuration to apply to the group. */
export interface Command {
  readonly incarnation: number;
  readonly text: string;
}

/** What is printed; a field is there when it changed. */
export interface Sight {
  readonly id?: string;
  /** Others, by health. */
  readonly alive?: number;
  readonly confirmed?: number;
  readonly incarnation?: number;
  /** Of a finished election with a candidate. */
  readonly leader?: string;
}

const setup = JSON.parse(process.argv[2] ?? "") as Setup;
const storage = openRingStorage({
  directory: setup.directory,
  now: new Date(),
  monotonicNow: performance.now(),
  report: () => {},
});
const { state } = storage;

/** As last printed. */
let seen: Sight = {};

function look(): void {
  const election = electionFor(state, GROUP);
  const now = {
    // The own record is there only when others told it.
    alive: state.members.count("alive") - (healthOf(state, state.self) === "alive" ? 1 : 0),
    confirmed: state.members.count("confirmed"),
    incarnation: Number(configFor(state, GROUP)?.incarnation ?? 0),
    leader: election?.status === "finished" ? election.candidate : "",
  };
  const news = Object.entries(now).filter(([field, value]) => seen[field as keyof Sight] !== value);
  seen = now;
  if (news.length > 0) print(Object.fromEntries(news));
}

function print(sight: Sight): void {
  process.stdout.write(`${JSON.stringify(sight)}\n`);
}

const node = await startRingNode({
  storage,
  machine: createMember,
  listen: { host: setup.host, port: setup.port },
  permanent: false,
  peers: setup.peers,
  key: parseKey("ring", setup.key),
  changed: look,
  departed: () => {},
  report: (line) => process.stderr.write(`${setup.port}: ${line}\n`),
  count: { increment: () => {}, set: () => {}, observe: () => {} },
});
print({ id: state.self });
if (setup.serves) for (const event of service()) node.apply(event);

function service(): RingEvent[] {
  const value = {
    memberId: state.self,
    serviceGroup: GROUP,
    incarnation: 1n,
    initialized: true,
    pkg: "acme/db/1.0.0/20260101000000",
    pkgIncarnation: 0n,
    cfg: Buffer.from(""),
    sys: {
      ip: setup.host,
      hostname: "host",
      gossipIp: setup.host,
      gossipPort: setup.port,
      httpGatewayIp: setup.host,
      httpGatewayPort: 9631,
      ctlGatewayIp: setup.host,
      ctlGatewayPort: 9632,
    },
  };
  return [
    { kind: "announce", rumor: { kind: "service", fromId: state.self, value } },
    { kind: "elect", election: "election", serviceGroup: GROUP, suitability: 0n },
  ];
}

function obey(command: Command): void {
  const value = {
    serviceGroup: GROUP,
    incarnation: BigInt(command.incarnation),
    encrypted: false,
    config: Buffer.from(command.text),
    fromId: CLIENT_ID,
  };
  node.apply({ kind: "announce", rumor: { kind: "service-config", fromId: CLIENT_ID, value } });
}

for await (const line of console) obey(JSON.parse(line) as Command);
await node.stop();
process.exit(0);
