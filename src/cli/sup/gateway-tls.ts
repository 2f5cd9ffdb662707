// Certificate options of the two gateways: which files they name (reference/supervisor.md §13).
import { join } from "node:path";
import type { CtlServerTlsFiles } from "../../ctl/index.ts";
import { HabError } from "../../error/index.ts";
import { keyCachePath } from "../../host/index.ts";
import { supervisorErrors } from "../../supervisor/index.ts";
import type { RunValues } from "./run-options.ts";

/** An option without value, and an empty text in a file, stand for the directory `hab sup secret generate-tls` writes to. */
function named(value: string | undefined): string | undefined {
  return value === "" ? join(keyCachePath(), "ctl") : value;
}

/**
 * Files of the control gateway; undefined without TLS. The original listens without TLS when a certificate comes without
 * its key: whoever names one wants none of that. Throws `badOption`.
 */
export function ctlTlsFiles(values: RunValues): CtlServerTlsFiles | undefined {
  const key = named(values.ctlServerKey);
  const certificate = named(values.ctlServerCertificate);
  const clientCa = named(values.ctlClientCaCertificate);
  if (key === undefined && certificate === undefined && clientCa === undefined) return undefined;
  if (key === undefined || certificate === undefined) {
    const [missing, given] =
      key === undefined
        ? [
            "--ctl-server-key",
            certificate === undefined ? "--ctl-client-ca-certificate" : "--ctl-server-certificate",
          ]
        : ["--ctl-server-certificate", "--ctl-server-key"];
    throw new HabError(supervisorErrors.badOption, `${given} needs ${missing}`, {
      next: `Add ${missing}; without value it stands for ${join(keyCachePath(), "ctl")}, where \`hab sup secret generate-tls\` writes.`,
    });
  }
  return { key, certificate, ...(clientCa === undefined ? {} : { clientCa }) };
}

/** Files of the HTTP gateway; undefined without TLS. */
export function httpTlsFiles({ key, certs, caCerts }: RunValues): CtlServerTlsFiles | undefined {
  if (key === undefined || certs === undefined) return undefined;
  return { key, certificate: certs, ...(caCerts === undefined ? {} : { clientCa: caCerts }) };
}

/** Compat: what cannot be read is a usage error before anything is started (exit 2). Throws `badOption`, HAB-CTL-012. */
export async function assertGatewayFiles(values: RunValues): Promise<void> {
  const { readCtlServerTls } = await import("../../ctl/index.ts");
  try {
    for (const files of [ctlTlsFiles(values), httpTlsFiles(values)])
      if (files !== undefined) await readCtlServerTls(files);
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    throw new HabError(error.kind, error.message, { cause: error.cause, next: error.next, exitCode: 2 });
  }
}
