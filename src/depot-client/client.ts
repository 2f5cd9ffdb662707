// The depot's API as typed calls (reference/depot-api.md §23, cli.md §11.2); those about origins and their members are in
// origin-calls.ts. One method is one question or one change;
// sequences (upload a package with its dependencies, find a channel) are made of them elsewhere.
import { type NamedRevision, Secret } from "../crypto/index.ts";
import {
  artifactFileName,
  type DownloadRequest,
  type FullIdent,
  formatIdent,
  type PackageIdent,
  type Target,
} from "../package/index.ts";
import { accountCalls } from "./account-calls.ts";
import { gateAdvice, withAdvice } from "./advice.ts";
import { boundedText } from "./body.ts";
import type { Calls } from "./calls.ts";
import { type ConnectionOptions, DepotConnection, type DepotRequest } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";
import { originCalls } from "./origin-calls.ts";
import { promotionCalls } from "./promotion-calls.ts";
import { readAnswer } from "./responses.ts";
import { DEFAULT_RETRIES, isWorthAskingAgain, withRetries } from "./retry.ts";
import type { ChannelChange, DepotClient, DepotPackage, SearchResult, UploadOptions } from "./types.ts";

/** Largest key file read into memory, in bytes. */
const MAX_KEY_BYTES = 64 * 1024;

/** Makes a client. Throws HabError `invalidUrl`; nothing is sent before the first call. */
export function createDepotClient(options: ConnectionOptions): DepotClient {
  const connection = new DepotConnection(options);
  const retries = { ...DEFAULT_RETRIES, ...options.retries };

  /** Sends something that changes nothing twice: it may be tried again. */
  const ask = (request: DepotRequest): Promise<Response> =>
    withRetries(retries.questions, () => connection.send(request), {
      signal: request.signal,
      retryable: isWorthAskingAgain,
    });

  /** Sends a change whose answer has no content; true when it was done, false for the other accepted status. */
  const change = async (request: DepotRequest, done: readonly number[]): Promise<boolean> => {
    const response = await connection.send(request);
    await response.body?.cancel();
    return done.includes(response.status);
  };

  const keyText = async (request: DepotRequest): Promise<string> =>
    await withRetries(
      retries.transfers,
      async () => {
        const response = await connection.send(request);
        const text = await boundedText(response, MAX_KEY_BYTES);
        if (text === undefined)
          throw new DepotFailure(clientErrors.badAnswer, `${request.what}: the answer is no key`, {
            status: 200,
          });
        return text;
      },
      { signal: request.signal },
    );

  const calls: Calls = { ask, change, send: (request) => connection.send(request) };
  return {
    url: connection.url,
    hasToken: connection.hasToken,

    ...accountCalls(calls),
    ...originCalls(calls),
    ...promotionCalls(calls),

    async listen(options) {
      await (await import("./events.ts")).listenToDepot(connection, options);
    },

    async originKeys(origin, signal) {
      const what = `cannot list the keys of the origin ${origin}`;
      const response = await ask({
        what,
        path: ["depot", "origins", origin, "keys"],
        token: "never",
        accept: [200],
        signal,
      });
      return (await readAnswer(what, response, "keys")).map(({ origin: name, revision }) => ({
        name,
        revision,
      }));
    },

    async publicKey({ name, revision }: NamedRevision, signal) {
      return await keyText({
        what: `cannot download the key ${name}-${revision}`,
        path: ["depot", "origins", name, "keys", revision],
        token: "never",
        accept: [200],
        signal,
      });
    },

    async latestSecretKey(origin, signal) {
      const text = await keyText({
        what: `cannot download the secret key of the origin ${origin}`,
        path: ["depot", "origins", origin, "secret_keys", "latest"],
        accept: [200],
        signal,
      });
      return new Secret(text);
    },

    async encryptionKey(origin, signal) {
      return await keyText({
        what: `cannot download the encryption key of the origin ${origin}`,
        path: ["depot", "origins", origin, "encryption_key"],
        accept: [200],
        signal,
      });
    },

    async uploadPublicKey({ name, revision }, text, signal) {
      const request: DepotRequest = {
        what: `cannot upload the key ${name}-${revision}`,
        method: "POST",
        path: ["depot", "origins", name, "keys", revision],
        body: text,
        accept: [200, 201, 409],
        signal,
      };
      return await withRetries(retries.transfers, () => change(request, [200, 201]), { signal });
    },

    async uploadSecretKey({ name, revision }, text, signal) {
      const request: DepotRequest = {
        what: `cannot upload the secret key ${name}-${revision}`,
        method: "POST",
        path: ["depot", "origins", name, "secret_keys", revision],
        body: text.reveal(),
        // The original's client takes only 200 and its server sends 201: both are success.
        accept: [200, 201, 409],
        signal,
      };
      return await withRetries(retries.transfers, () => change(request, [200, 201]), { signal });
    },

    async packageInChannel(ident, { channel, target, signal }): Promise<DepotPackage | undefined> {
      const what = `cannot ask for ${formatIdent(ident)} in the channel ${channel}`;
      const response = await ask({
        what,
        path: ["depot", "channels", ident.origin, channel, "pkgs", ...identPath(ident)],
        query: { target },
        accept: [200, 404],
        signal,
      });
      return response.status === 404 ? undefined : await readAnswer(what, response, "package");
    },

    async downloadPackage(
      ident: FullIdent,
      target: Target,
      destinationDirectory: string,
      { onProgress, check, signal }: DownloadRequest = {},
    ) {
      // Only a question is often asked; what downloads is loaded when it is.
      const { downloadFile } = await import("./download.ts");
      return await downloadFile(
        connection,
        {
          what: `cannot download ${formatIdent(ident)} for ${target}`,
          path: [...packagePath(ident), "download"],
          query: { target },
          signal,
        },
        {
          destinationDirectory,
          fileName: artifactFileName(ident, target),
          mode: 0o644,
          retries: retries.transfers,
          onProgress,
          check,
        },
      );
    },

    async uploadPackage(path: string, options: UploadOptions) {
      const { uploadFile } = await import("./upload.ts");
      return await uploadFile(connection, path, options, retries);
    },

    async deletePackage(ident, target, signal) {
      await change(
        {
          what: `cannot delete ${formatIdent(ident)} for ${target}`,
          method: "DELETE",
          path: packagePath(ident),
          query: { target },
          accept: [204],
          signal,
        },
        [204],
      );
    },

    async channelsOfPackage(ident, target, signal) {
      const what = `cannot ask for the channels of ${formatIdent(ident)}`;
      const response = await ask({
        what,
        path: [...packagePath(ident), "channels"],
        query: { target },
        accept: [200],
        signal,
      });
      const channels = await readAnswer(what, response, "packageChannels");
      return channels.map((channel) => ({
        name: channel.name,
        createdAt: channel.created_at,
        promotedAt: channel.promoted_at,
      }));
    },

    async promotePackage(ident, channel, target, signal) {
      // Every package is in `unstable`.
      const command = `hab bldr channel promote unstable ${channel} -o ${ident.origin} --package ${formatIdent(ident)} --request`;
      await withAdvice(changeInChannel("promote", ident, channel, target, signal), gateAdvice(command));
    },

    async demotePackage(ident, channel, target, signal) {
      await changeInChannel("demote", ident, channel, target, signal);
    },

    async createChannel(origin, channel, signal) {
      return await change(
        {
          what: `cannot create the channel ${channel} of ${origin}`,
          method: "POST",
          path: ["depot", "channels", origin, channel],
          accept: [201, 409],
          signal,
        },
        [201],
      );
    },

    async destroyChannel(origin, channel, signal) {
      await change(
        {
          what: `cannot destroy the channel ${channel} of ${origin}`,
          method: "DELETE",
          path: ["depot", "channels", origin, channel],
          accept: [200],
          signal,
        },
        [200],
      );
    },

    async channels(origin, { sandbox = false, signal } = {}) {
      const what = `cannot list the channels of ${origin}`;
      const response = await ask({
        what,
        path: ["depot", "channels", origin],
        ...(sandbox && { query: { sandbox: "true" } }),
        token: "never",
        accept: [200, 206],
        signal,
      });
      return (await readAnswer(what, response, "channels")).map((channel) => channel.name);
    },

    async promoteChannel(change) {
      const command = `hab bldr channel promote ${change.source} ${change.target} -o ${change.origin} --request`;
      await withAdvice(changeChannel("promote", change), gateAdvice(command));
    },

    async demoteChannel(change) {
      await changeChannel("demote", change);
    },

    async search(term, limit, signal): Promise<SearchResult> {
      const what = `cannot search for ${term}`;
      const idents: PackageIdent[] = [];
      for (;;) {
        const response = await ask({
          what,
          path: ["depot", "pkgs", "search", term],
          query: { range: String(idents.length), distinct: "true" },
          accept: [200, 206],
          signal,
        });
        const answer = await readAnswer(what, response, "search");
        for (const { origin, name, version, release } of answer.data)
          idents.push({
            origin,
            name,
            ...(version != null && { version }),
            ...(release != null && { release }),
          });
        const more = response.status === 206 && answer.data.length > 0 && idents.length < limit;
        if (!more) return { idents: idents.slice(0, limit), total: answer.total_count };
      }
    },
  };

  async function changeInChannel(
    verb: "promote" | "demote",
    ident: FullIdent,
    channel: string,
    target: Target,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { origin, name, version, release } = ident;
    await change(
      {
        what: `cannot ${verb} ${formatIdent(ident)} ${verb === "promote" ? "to" : "from"} the channel ${channel}`,
        method: "PUT",
        path: ["depot", "channels", origin, channel, "pkgs", name, version, release, verb],
        query: { target },
        accept: [200],
        signal,
      },
      [200],
    );
  }

  async function changeChannel(
    verb: "promote" | "demote",
    { origin, source, target, signal }: ChannelChange,
  ): Promise<void> {
    await change(
      {
        what: `cannot ${verb} the packages of the channel ${source} of ${origin} ${verb === "promote" ? "to" : "from"} ${target}`,
        method: "PUT",
        path: ["depot", "channels", origin, source, "pkgs", verb],
        query: { channel: target },
        accept: [200],
        signal,
      },
      [200],
    );
  }
}

function packagePath({ origin, name, version, release }: FullIdent): string[] {
  return ["depot", "pkgs", origin, name, version, release];
}

/** The rest of the path below a channel: `/latest` unless the ident is complete. */
function identPath({ name, version, release }: PackageIdent): string[] {
  const parts = [
    name,
    ...(version === undefined ? [] : [version]),
    ...(release === undefined ? [] : [release]),
  ];
  return parts.length === 3 ? parts : [...parts, "latest"];
}
