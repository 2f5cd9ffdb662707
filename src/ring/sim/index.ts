// The simulator as others use it.
export { seconds } from "./action.ts";
export type { Violation } from "./invariants.ts";
export { MACHINES, SIZES } from "./machines.ts";
export type { Detection, LeaderChange, Measures, Spread } from "./measure.ts";
export { type Scenario, scenarioList, scenarioNamed } from "./scenarios/index.ts";
export { type Report, type SimulationOptions, simulate } from "./simulate.ts";
export { formatStoryLine, type StoryLine } from "./story.ts";
