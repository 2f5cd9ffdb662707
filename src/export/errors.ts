// Failures of the export room.
import { errorKinds } from "../error/index.ts";

export const exportErrors = errorKinds({
  noService: {
    code: "HAB-EXP-001",
    title: "None of the packages to export is a service",
    remedy:
      "An image and a portable service run one: name a package with a run hook, or use `hab pkg export tar`.",
  },
  badName: {
    code: "HAB-EXP-002",
    title: "The name or tag of an image is not valid",
    remedy:
      "Names: lower case letters, digits, `.`, `_`, `-` and `/`. Tags: up to 128 letters, digits, `_`, `.`, `-`.",
  },
  baseMissing: {
    code: "HAB-EXP-003",
    title: "A package that every export holds cannot be had",
    remedy:
      "Upload it to the depot, promote it to the base channel, or name another depot with --base-pkgs-url.",
  },
  notWritten: {
    code: "HAB-EXP-004",
    title: "An export cannot be written",
    remedy: "Make room or choose another directory, and export again: nothing half-made was left.",
  },
  registryRefused: {
    code: "HAB-EXP-005",
    title: "The registry refused",
    remedy: "Check the name of the image, user name, password and what the account may push.",
  },
  registryFailed: {
    code: "HAB-EXP-006",
    title: "The registry cannot be reached, or broke off",
    remedy: "Check --registry-url and the network, then push again: what has arrived is not sent twice.",
  },
  badProgram: {
    code: "HAB-EXP-007",
    title: "The program cannot be made to run on the libraries of a package",
    remedy: "Use the `hab` that script/build makes, or name a package with --hab-pkg and --sup-pkg.",
  },
  targetExists: {
    code: "HAB-EXP-008",
    title: "There is something else where an export should go",
    remedy: "Remove it or choose another place with --output.",
  },
  engineFailed: {
    code: "HAB-EXP-009",
    title: "A container engine did not take an image",
    remedy:
      "Look at what it said. The image is complete in its archive: load it by hand once the engine works.",
  },
});
