// The command line. src/main.ts imports this when there is a command to run.
export { dispatch, type Surroundings } from "./dispatch.ts";
