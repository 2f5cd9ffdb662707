// The identity helper as src/main.ts starts it: not a command for people (src/host/process-identity.ts).
export { EXEC_AS_ARGUMENT, execAs } from "../host/index.ts";
