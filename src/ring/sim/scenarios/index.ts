// All scenarios by name.
import { chaos } from "./chaos.ts";
import { namedScenarios } from "./named.ts";
import type { Scenario } from "./scenario.ts";

export type { Plan, Scenario, Setup } from "./scenario.ts";

export const scenarioList: readonly Scenario[] = [chaos, ...namedScenarios];

const byName = new Map(scenarioList.map((scenario) => [scenario.name, scenario]));

/** Undefined where there is none of that name. */
export function scenarioNamed(name: string): Scenario | undefined {
  return byName.get(name);
}

export { chaos };
