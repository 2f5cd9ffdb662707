// `hab stop`: stops a service of the Supervisor on this machine; it stays loaded (beyond the original).
export { command } from "./svc/stop.ts";
