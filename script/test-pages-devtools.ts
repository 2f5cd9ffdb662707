// Of script/test-pages: a Chromium that is asked for nothing but to go to addresses and to say when a page was ready. Each visit has
// a window, a cache and a process of its own, and nobody is told of its requests, so what is measured is what a reader has.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "../test/pages/browser.ts";

export interface Start {
  /** From the beginning of the navigation until the content stood there and the page's thread was free for input, in ms. */
  readonly readyMs: number;
  readonly requests: number;
  /** Processor time meanwhile, in ms: of the page's process, and of all processes of the browser. */
  readonly pageMs: number;
  readonly browserMs: number;
}

export type Cache = "empty" | "filled";

export interface MeasuredBrowser {
  /** With an empty cache, or with what an earlier visit to the same address left in it. */
  visit(url: string, cache: Cache): Promise<Start>;
  close(): Promise<void>;
}

/** Name of the function that the page calls. */
const TOLD = "toldToTest";

/** Runs in the page before everything else; looks only when the document changes, so that looking costs nothing. */
function watch(told: string): void {
  const look = (): void => {
    if (document.readyState === "loading" || document.querySelector("main h1") === null) return;
    if (document.querySelector("[aria-busy=true], .skeleton") !== null) return;
    changes.disconnect();
    // The frame in which it is there, and then the first moment in which the thread is free.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        const requests = performance.getEntriesByType("resource").length + 1;
        (window as unknown as Record<string, (text: string) => void>)[told]?.(
          JSON.stringify({ readyMs: performance.now(), requests }),
        );
      };
      port2.postMessage(0);
    });
  };
  const changes = new MutationObserver(look);
  changes.observe(document, { subtree: true, childList: true, attributeFilter: ["aria-busy"] });
  document.addEventListener("DOMContentLoaded", look);
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: { readonly name?: string; readonly payload?: string };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Connection {
  send<Result>(method: string, params?: object, sessionId?: string): Promise<Result>;
  /** Hears the page of a session once. */
  told(sessionId: string): Promise<string>;
}

/** Starts it. To be closed by who started it. */
export async function startMeasuredBrowser(): Promise<MeasuredBrowser> {
  const directory = mkdtempSync(join(tmpdir(), "hab-browser-"));
  const child = Bun.spawn(
    [
      ...[CHROMIUM, "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
      ...["--disable-component-update", "--remote-debugging-port=0", `--user-data-dir=${directory}`],
    ],
    { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  const connection = await connect(await addressIn(child.stderr));
  return {
    visit: (url, cache) => visit(connection, url, cache),
    async close() {
      child.kill();
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The address that the browser tells when it can be spoken to. What it says later is read and dropped. */
async function addressIn(output: ReadableStream<Uint8Array>): Promise<string> {
  const reader = output.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the browser ended: ${text}`);
    text += decoder.decode(value, { stream: true });
    const address = /ws:\/\/\S+/.exec(text)?.[0];
    if (address === undefined) continue;
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return address;
  }
}

async function connect(address: string): Promise<Connection> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const answers = new Map<number, (message: Message) => void>();
  const hearers = new Map<string, (payload: string) => void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) answers.get(message.id)?.(message);
    else if (message.method === "Runtime.bindingCalled" && message.params?.name === TOLD)
      hearers.get(message.sessionId ?? "")?.(message.params.payload ?? "");
  };
  let last = 0;
  return {
    send<Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
      const id = ++last;
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      return new Promise((resolve, reject) => {
        answers.set(id, ({ result, error }) => {
          answers.delete(id);
          if (error === undefined) resolve(result as Result);
          else reject(new Error(`${method}: ${error.message}`));
        });
      });
    },
    told: (sessionId) =>
      new Promise((resolve) => {
        hearers.set(sessionId, (payload) => {
          hearers.delete(sessionId);
          resolve(payload);
        });
      }),
  };
}

/** The browser prepares processes for the next page; they shall not count as part of it. */
const SETTLE_MS = 300;

async function visit({ send, told }: Connection, url: string, cache: Cache): Promise<Start> {
  const { browserContextId } = await send<{ browserContextId: string }>("Target.createBrowserContext");
  const { targetId } = await send<{ targetId: string }>("Target.createTarget", {
    ...{ url: "about:blank", browserContextId, width: 1280, height: 800 },
  });
  const { sessionId } = await send<{ sessionId: string }>("Target.attachToTarget", {
    ...{ targetId, flatten: true },
  });
  await send("Page.enable", {}, sessionId);
  await send("Runtime.enable", {}, sessionId);
  await send("Runtime.addBinding", { name: TOLD }, sessionId);
  const source = `(${watch})(${JSON.stringify(TOLD)})`;
  await send("Page.addScriptToEvaluateOnNewDocument", { source }, sessionId);
  if (cache === "filled") {
    const ready = told(sessionId);
    await send("Page.navigate", { url }, sessionId);
    await ready;
    await send("Page.navigate", { url: "about:blank" }, sessionId);
  }
  await Bun.sleep(SETTLE_MS);
  const before = await processorTimes(send);
  const ready = told(sessionId);
  await send("Page.navigate", { url }, sessionId);
  const { readyMs, requests } = JSON.parse(await ready) as Pick<Start, "readyMs" | "requests">;
  const after = await processorTimes(send);
  await send("Target.disposeBrowserContext", { browserContextId });
  let [pageMs, browserMs] = [0, 0];
  for (const [id, { type, ms }] of after) {
    const spent = ms - (before.get(id)?.ms ?? 0);
    browserMs += spent;
    if (type === "renderer") pageMs += spent;
  }
  return { readyMs, requests, pageMs, browserMs };
}

type Times = Map<number, { readonly type: string; readonly ms: number }>;

async function processorTimes(send: Connection["send"]): Promise<Times> {
  const { processInfo } = await send<{ processInfo: { id: number; type: string }[] }>(
    "SystemInfo.getProcessInfo",
  );
  return new Map(processInfo.map(({ id, type }) => [id, { type, ms: processorMs(id) }]));
}

/** Of all threads of a process, to the nanosecond; the kernel's other figures are in hundredths of a second. */
function processorMs(pid: number): number {
  const directory = `/proc/${pid}/task`;
  let sum = 0;
  for (const thread of threadsOf(directory)) {
    try {
      sum += Number(readFileSync(`${directory}/${thread}/schedstat`, "utf8").split(" ")[0]) / 1e6;
    } catch {
      // It has ended since it was listed.
    }
  }
  return sum;
}

function threadsOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
