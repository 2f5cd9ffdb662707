// Closes script/test: counts the tests that ran from the runner's JUnit report, adds the checks before them, names
// what was skipped, and prints the closing line. Arguments: report, exit code of the runner, checks passed and failed.
import { readFileSync } from "node:fs";

const [reportPath = "", runnerStatus = "1", checksPassed = "0", checksFailed = "0"] = process.argv.slice(2);

/** The runner may have died before it wrote its report; that is a failure, not an empty success. */
function readReport(): string {
  try {
    return readFileSync(reportPath, "utf8");
  } catch {
    return "";
  }
}

const report = readReport();
const cases = [...report.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)];
let passed = Number(checksPassed);
let failed = Number(checksFailed);
const skipped: string[] = [];
for (const [, attributes = "", body = ""] of cases) {
  if (body.includes("<skipped")) skipped.push(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? "?");
  else if (body.includes("<failure") || body.includes("<error")) failed++;
  else passed++;
}
if (cases.length === 0) {
  console.error("No test ran: the test runner wrote no report.");
  failed++;
} else if (runnerStatus !== "0" && !report.includes("<failure") && !report.includes("<error")) {
  console.error(`The test runner ended with ${runnerStatus} although no test failed.`);
  failed++;
}
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
