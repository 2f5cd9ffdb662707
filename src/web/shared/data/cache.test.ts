// What is read from the server: shared, retried, kept while it is shown, and gone when it is gone.
import { describe, expect, test } from "bun:test";
import { ResourceCache } from "./cache.ts";
import { kindOfStatus, ProblemError, type ProblemKind, problemOf, problemOfResponse } from "./problem.ts";

const cacheWith = (retryDelaysMs: readonly number[] = []) =>
  new ResourceCache({ now: () => 1, retryDelaysMs });

/** Uses a key until its state passes the test, and gives that state. */
function until<Data>(
  cache: ResourceCache,
  key: string,
  load: (signal: AbortSignal) => Promise<Data>,
  test: (known: ReturnType<typeof cache.peek<Data>>) => boolean,
): Promise<ReturnType<typeof cache.peek<Data>>> {
  return new Promise((resolve) => {
    cache.use<Data>(key, load, () => {
      const known = cache.peek<Data>(key);
      if (test(known)) resolve(known);
    });
  });
}

const failing = (kind: ProblemKind) => async () => {
  throw new ProblemError(problemOf(kind));
};

describe("reading", () => {
  test("two users of a key share one request", async () => {
    const cache = cacheWith();
    let loads = 0;
    const load = async () => ++loads;
    await Promise.all([
      until(cache, "k", load, ({ data }) => data !== undefined),
      until(cache, "k", load, ({ data }) => data !== undefined),
    ]);
    expect(loads).toBe(1);
  });
  test("what may pass is tried again, then told", async () => {
    const cache = cacheWith([0, 0]);
    let loads = 0;
    const load = async () => {
      if (++loads < 3) throw new ProblemError(problemOf("failed"));
      return "there";
    };
    expect((await until(cache, "k", load, ({ data }) => data !== undefined)).data).toBe("there");
    expect(loads).toBe(3);
    const known = await until(cache, "other", failing("offline"), ({ problem }) => problem !== undefined);
    expect(known.problem?.kind).toBe("offline");
  });
  test("what will not pass is not tried again", async () => {
    let loads = 0;
    const load = async () => {
      loads++;
      throw new ProblemError(problemOf("forbidden"));
    };
    await until(cacheWith([0, 0]), "k", load, ({ problem }) => problem !== undefined);
    expect(loads).toBe(1);
  });
  test("the last user to go aborts the request", async () => {
    const cache = cacheWith();
    let aborted = false;
    const end = cache.use(
      "k",
      (signal) => new Promise(() => signal.addEventListener("abort", () => (aborted = true))),
      () => {},
    );
    end();
    expect(aborted).toBe(true);
  });
});

describe("reading again", () => {
  const thenFailing = (kind: ProblemKind) => {
    let loads = 0;
    return async () => {
      if (loads++ > 0) throw new ProblemError(problemOf(kind));
      return "first";
    };
  };
  test("keeps what is known when it fails", async () => {
    const cache = cacheWith();
    const load = thenFailing("offline");
    await until(cache, "k", load, ({ data }) => data !== undefined);
    const failed = until(cache, "k", load, ({ problem }) => problem !== undefined);
    cache.refresh();
    expect(await failed).toMatchObject({ data: "first", problem: { kind: "offline" } });
  });
  test("forgets what is no longer there", async () => {
    const cache = cacheWith();
    const load = thenFailing("missing");
    await until(cache, "k", load, ({ data }) => data !== undefined);
    const gone = until(cache, "k", load, ({ problem }) => problem !== undefined);
    cache.refresh();
    expect(await gone).toMatchObject({ data: undefined, problem: { kind: "missing" } });
  });
});

describe("problems", () => {
  test.each([
    [401, "signed-out"],
    [403, "forbidden"],
    [404, "missing"],
    [409, "conflict"],
    [422, "refused"],
    [429, "too-many"],
    [500, "failed"],
    [504, "timeout"],
  ] as const)("%d is %s, with something to do", (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
    expect(problemOf(kind).advice.length).toBeGreaterThan(10);
  });
  test("hold what the server said in plain words, but no page of a proxy", async () => {
    const plain = await problemOfResponse(new Response("no room", { status: 507 }));
    expect(plain).toMatchObject({ kind: "failed", detail: "no room" });
    const html = new Response("<h1>Login</h1>", { status: 403, headers: { "content-type": "text/html" } });
    expect((await problemOfResponse(html)).detail).toBeUndefined();
  });
});

test("says so while something shown could not be read again, and no longer when it is not shown or read", async () => {
  const cache = cacheWith();
  let fails = false;
  const told: (string | undefined)[] = [];
  cache.listenStale(() => told.push(cache.staleProblem()?.kind));
  const load = async () => {
    if (fails) throw new ProblemError(problemOf("failed"));
    return 1;
  };
  await until(cache, "k", load, ({ data }) => data === 1);
  expect(cache.staleProblem()).toBeUndefined();
  const end = cache.use("k", load, () => undefined);
  const settled = (is: boolean) =>
    new Promise<void>((resolve) => {
      const stop = cache.listenStale(() => {
        if ((cache.staleProblem() !== undefined) !== is) return;
        stop();
        resolve();
      });
    });
  fails = true;
  const failed = settled(true);
  cache.refresh();
  await failed;
  fails = false;
  const mended = settled(false);
  cache.retryFailed();
  await mended;
  end();
  expect(told).toEqual(["failed", undefined]);
});
