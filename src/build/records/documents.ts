// What makes the records. Loaded while the plan runs, so that nobody waits for it (keeper.ts).
export { billOfMaterials } from "./bill.ts";
export { dependencyFacts } from "./dependency-facts.ts";
export { signStatement } from "./envelope.ts";
export { type Provenance, provenanceOf, provenanceOfHart } from "./provenance.ts";
