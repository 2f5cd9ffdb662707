import { expect, test } from "bun:test";
import { inheritedEnvironment } from "./environment.ts";

test("children do not get what steers a JavaScript runtime", () => {
  const source = { PATH: "/bin", BUN_OPTIONS: "x", NODE_OPTIONS: "x", JSC_useJIT: "0", EMPTY: "" };
  expect(inheritedEnvironment(source)).toEqual({ PATH: "/bin", EMPTY: "" });
});

test("children get hidden variables under their own names, except those", () => {
  const source = {
    "\u0001UN_OPTIONS": "x",
    "\u0001ODE_OPTIONS": "x",
    "\u0001ODE_ENV": "production",
    "\u0001V_THREADPOOL_SIZE": "8",
    "\u0001nothing of ours": "x",
  };
  expect(inheritedEnvironment(source)).toEqual({ NODE_ENV: "production", UV_THREADPOOL_SIZE: "8" });
});
