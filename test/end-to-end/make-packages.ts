// Makes the packages of plans/ that test files ask for (packages.ts) while other tests run, which need none: a file that waited
// for them would only hold a place. A plan that is missing here costs time, no more.
import { SAMPLES } from "../../src/cli/plan/projects/testing/samples.ts";
import { plansOfPage } from "./first-app-page.ts";
import { packagesOf } from "./packages.ts";

const SERVICES = ["redis", "postgresql", "mariadb", "nginx", "haproxy", "tomcat", "visits"];

await packagesOf(...new Set([...SERVICES, ...plansOfPage(), ...SAMPLES.python.plans]));
