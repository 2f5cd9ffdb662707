// What a service manager that started the depot is told (sd_notify(3)): that it serves, that it lives, that it ends.
import { environmentValue, openUnixDatagram, type UnixDatagram } from "../../host/index.ts";

export interface DepotServiceManager {
  ready(status: string): void;
  stopping(): void;
}

/** Takes the variables that tell of the service manager out of the environment; without them nothing is told. */
export function serviceManager(): DepotServiceManager {
  const address = environmentValue("NOTIFY_SOCKET");
  const watchdogMs = Number(environmentValue("WATCHDOG_USEC") ?? 0) / 1000;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete process.env[name];
  let socket: UnixDatagram | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  const tell = (text: string): void => {
    try {
      socket?.send(text);
    } catch {
      // A service manager that cannot be told is as good as none.
    }
  };
  return {
    ready(status) {
      try {
        socket = address === undefined ? undefined : openUnixDatagram(address);
      } catch {
        return;
      }
      tell(`READY=1\nSTATUS=${status}`);
      // Sent by the same loop that answers requests, so one that hangs says nothing.
      if (watchdogMs > 0) timer = setInterval(() => tell("WATCHDOG=1"), watchdogMs / 3);
      timer?.unref();
    },
    stopping() {
      clearInterval(timer);
      tell("STOPPING=1");
      socket?.close();
    },
  };
}
