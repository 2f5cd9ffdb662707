// For crash tests: a depot as a process of its own that can be killed. Prints its address as the first line.
import { startDepot } from "../index.ts";

const [, , dataDirectory = "", ...more] = process.argv;
// An empty word stands for what is in the data directory.
const [database, blobs, keysDirectory] = more.map((word) => (word === "" ? undefined : word));
const depot = await startDepot({
  dataDirectory,
  database,
  blobs,
  keysDirectory,
  listen: { host: "127.0.0.1", port: 0 },
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${depot.url}\n`);
