// The HTTP gateway as the options ask for it.
import { readFileSync } from "node:fs";
import { environmentValue } from "../../host/index.ts";
import type { SupervisorOptions } from "../options.ts";
import { type GatewayView, type HttpGateway, startHttpGateway } from "./gateway.ts";
import type { Metrics } from "./metrics.ts";

/** Starts it; undefined where it is turned off. Throws `addressInUse`. */
export function listenHttp(
  options: SupervisorOptions,
  view: GatewayView,
  metrics: Metrics,
  say: (content: string) => void,
): HttpGateway | undefined {
  if (options.httpDisabled) return undefined;
  const { host, port } = options.listenHttp;
  say(`Starting http-gateway on ${host}:${port}`);
  const authToken = environmentValue("HAB_SUP_GATEWAY_AUTH_TOKEN");
  const files = options.httpTls;
  const gateway = {
    host,
    port,
    ...(authToken === undefined ? {} : { authToken }),
    redact: environmentValue("HAB_FEAT_REDACT_HTTP") !== undefined,
    ...(files === undefined
      ? {}
      : {
          tls: {
            key: readFileSync(files.key, "utf8"),
            cert: readFileSync(files.certificates, "utf8"),
            ...(files.clientCa === undefined ? {} : { ca: readFileSync(files.clientCa, "utf8") }),
          },
        }),
  };
  return startHttpGateway(gateway, view, metrics);
}
