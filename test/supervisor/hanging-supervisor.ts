// A Supervisor that comes to serve and then hangs: it registers with its launcher and never answers again.
import { connectToLauncher } from "../../src/launcher/index.ts";

const launcher = await connectToLauncher();
await launcher.serving([]);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
