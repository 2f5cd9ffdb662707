// For tests: what a browser does beyond sending requests. It keeps cookies as a browser would, adds `Origin` to what
// changes something, and follows redirections between hosts, over plain HTTP on loopback.

export interface TestBrowser {
  /** Sends a request and keeps the cookies of its answer. Redirections are not followed. */
  send(method: string, url: string, options?: SendOptions): Promise<Response>;
  /** The same as the depot's own pages send it: JSON, with the header that guards against other pages. */
  fromPage(method: string, path: string, json?: unknown): Promise<Response>;
  /** Goes to an address and on, as long as it is redirected; gives the last answer and its address. */
  visit(url: string): Promise<{ readonly response: Response; readonly url: string }>;
  /** `Name=value; attributes` of cookies as they were set, the newest last. */
  readonly setCookies: string[];
  cookie(host: string, name: string): string | undefined;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

const MAX_REDIRECTIONS = 20;

/** `home` is the depot whose pages are open. */
export function testBrowser(home: string): TestBrowser {
  const jars = new Map<string, Map<string, string>>();
  const setCookies: string[] = [];
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const send: TestBrowser["send"] = async (method, url, { headers = {}, body } = {}) => {
    const jar = jarOf(url);
    const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      method,
      redirect: "manual",
      headers: { ...(cookies !== "" && { Cookie: cookies }), ...headers },
      ...(body !== undefined && { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line);
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf("="));
      const ends = attributes.some(
        (each) => /^max-age=0$/i.test(each) || /^expires=Thu, 01 Jan 1970/i.test(each),
      );
      if (ends) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    return response;
  };
  return {
    send,
    setCookies,
    fromPage: (method, path, json) =>
      send(method, `${home}/v1${path}`, {
        headers: {
          "X-Hab-Request": "1",
          ...(method !== "GET" && { Origin: home }),
          ...(json !== undefined && { "Content-Type": "application/json" }),
        },
        body: json === undefined ? undefined : JSON.stringify(json),
      }),
    async visit(start) {
      let url = start;
      for (let hops = 0; hops < MAX_REDIRECTIONS; hops++) {
        const response = await send("GET", url);
        const location = response.headers.get("location");
        if (response.status < 300 || response.status > 399 || location === null) return { response, url };
        url = new URL(location, url).href;
      }
      throw new Error(`redirected more than ${MAX_REDIRECTIONS} times from ${start}`);
    },
    cookie: (host, name) => jars.get(host)?.get(name),
  };
}
