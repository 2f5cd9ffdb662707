// Certificates of the gateways while the Supervisor runs: read at the start, and again when the files change.
import { type CtlServerTls, type CtlServerTlsFiles, readCtlServerTls } from "../ctl/index.ts";
import { describeError } from "../error/index.ts";
import { watchPlacesOf } from "./watch.ts";

export interface GatewayTls {
  /** What is in force. */
  current(): CtlServerTls;
  /** Called with what is in force from now on. One listener. */
  onChange(changed: (tls: CtlServerTls) => void): void;
  close(): void;
}

/**
 * Reads the files and keeps watching them. Files that cannot be used leave what was read before in force. Throws HAB-CTL-012
 * when they cannot be used at the start.
 */
export async function openGatewayTls(
  gateway: string,
  files: CtlServerTlsFiles,
  say: (content: string) => void,
): Promise<GatewayTls> {
  let current = await readCtlServerTls(files);
  let changed: ((tls: CtlServerTls) => void) | undefined;
  const paths = [files.certificate, files.key, ...(files.clientCa === undefined ? [] : [files.clientCa])];
  let problem = "";

  const read = async () => {
    try {
      const next = await readCtlServerTls(files);
      problem = "";
      if (sameTls(next, current)) return;
      current = next;
      changed?.(next);
      say(`The ${gateway} uses the new certificate from ${files.certificate}`);
    } catch (error) {
      const message = describeError(error);
      if (message !== problem) say(`The ${gateway} keeps its certificate: ${message}`);
      problem = message;
    }
  };
  const watch = watchPlacesOf(paths, () => void read());
  return {
    current: () => current,
    onChange(listener) {
      changed = listener;
    },
    close: () => watch.close(),
  };
}

function sameTls(a: CtlServerTls, b: CtlServerTls): boolean {
  return a.certificate === b.certificate && a.key === b.key && a.clientCa === b.clientCa;
}
