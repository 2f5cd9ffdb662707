// The door to files of certificates and keys for other rooms: loads cryptography on first use.
import type { CtlClientTls, CtlClientTlsFiles, CtlServerTls, CtlServerTlsFiles } from "./tls-files.ts";

/** Reads and checks what a server needs. Throws HAB-CTL-012. */
export async function readCtlServerTls(files: CtlServerTlsFiles): Promise<CtlServerTls> {
  return (await import("./tls-files.ts")).readServerTls(files);
}

/** Reads and checks what a client needs; `serverName` goes before the host of the address. Throws HAB-CTL-012. */
export async function readCtlClientTls(files: CtlClientTlsFiles, serverName?: string): Promise<CtlClientTls> {
  return (await import("./tls-files.ts")).readClientTls(files, serverName);
}
