// The HTTP gateway as the options ask for it.
import { environmentValue } from "../../host/index.ts";
import { lazyPages } from "../../web/index.ts";
import { openGatewayTls } from "../gateway-tls.ts";
import type { SupervisorOptions } from "../options.ts";
import { type HttpGateway, startHttpGateway } from "./gateway.ts";
import type { Metrics } from "./metrics.ts";
import type { SupervisorView } from "./view.ts";

/** Starts it; undefined where it is turned off. Throws `addressInUse`, HAB-CTL-012. */
export async function listenHttp(
  options: SupervisorOptions,
  view: SupervisorView,
  metrics: Metrics,
  say: (content: string) => void,
): Promise<Pick<HttpGateway, "stop"> | undefined> {
  if (options.httpDisabled) return undefined;
  const { host, port } = options.listenHttp;
  say(`Starting http-gateway on ${host}:${port}`);
  const authToken = environmentValue("HAB_SUP_GATEWAY_AUTH_TOKEN");
  const tls =
    options.httpTls === undefined ? undefined : await openGatewayTls("HTTP gateway", options.httpTls, say);
  const gateway = startHttpGateway(
    {
      host,
      port,
      pages: { files: lazyPages("supervisor"), feed: view.pages },
      ...(authToken === undefined ? {} : { authToken }),
      redact: environmentValue("HAB_FEAT_REDACT_HTTP") !== undefined,
      ...(tls === undefined ? {} : { tls: tls.current() }),
    },
    view,
    metrics,
  );
  tls?.onChange((changed) => gateway.exchangeTls(changed));
  return {
    async stop() {
      tls?.close();
      await gateway.stop();
    },
  };
}
