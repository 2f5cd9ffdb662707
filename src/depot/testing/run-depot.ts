// For the crash test: a depot as a process of its own that can be killed. Prints its address as the first line.
import { startDepot } from "../index.ts";

const [, , directory = ""] = process.argv;
const depot = await startDepot({ dataDirectory: directory, listen: { host: "127.0.0.1", port: 0 } });
process.stdout.write(`${depot.url}\n`);
