// What goes wrong with a studio. Exit codes are those of reference/plan-build.md §14.2 where the original has one.

export const STUDIO_ERRORS = {
  studioUsage: {
    code: "HAB-BLD-070",
    title: "The words after `hab studio` make no command",
    remedy: "hab studio help lists commands and options.",
  },
  unknownStudioType: {
    code: "HAB-BLD-071",
    title: "There is no such type of studio",
    remedy: "Use default, bootstrap or busybox; a container image is made by hab pkg export container.",
    exitCode: 2,
  },
  noStudio: {
    code: "HAB-BLD-072",
    title: "A directory that is to be a studio is none",
    remedy: "Name the studio's root with -r, or its source directory with -s.",
    exitCode: 5,
  },
  studioNeedsRoot: {
    code: "HAB-BLD-073",
    title: "This kind of studio takes root",
    remedy: "Run it as root, or leave --chroot (HAB_STUDIO_CHROOT) out: a studio needs no root then.",
    exitCode: 9,
  },
  noBuildInType: {
    code: "HAB-BLD-074",
    title: "This type of studio does not build packages",
    remedy: "Build in one of the type default: hab studio rm, then hab studio build PLAN.",
    exitCode: 10,
  },
  noBackline: {
    code: "HAB-BLD-075",
    title: "The package of tools that a studio is made with cannot be had",
    remedy:
      "Build it (plans/build hab-backline), name another one in HAB_STUDIO_BACKLINE_PKG, or build without a studio: hab pkg build --no-studio.",
  },
  studioBusy: {
    code: "HAB-BLD-076",
    title: "Another command works in this studio",
    remedy: "Wait until it has ended, or use another studio: -r DIRECTORY.",
  },
  studioNotRemoved: {
    code: "HAB-BLD-077",
    title: "A studio cannot be removed",
    remedy:
      "The reason names the first thing in the way: one that is immutable (lsattr) or belongs to another user is for root to remove.",
  },
  noStudioProgram: {
    code: "HAB-BLD-078",
    title: "There is no compiled hab to put into a studio",
    remedy: "Build it (script/build) and name it in HAB_BIN, or start the compiled program itself.",
  },
  planOutsideSource: {
    code: "HAB-BLD-079",
    title: "A plan or hart is outside of the directory that a studio sees as /src",
    remedy: "Name a directory that holds the plan and all it needs with -s, or build with --no-studio.",
  },
  noContainerEngine: {
    code: "HAB-BLD-080",
    title: "There is no program that runs a container studio",
    remedy: "Install docker or podman, or leave -D out: a studio needs neither.",
  },
  studioKeyMissing: {
    code: "HAB-BLD-081",
    title: "A studio was asked to bring a secret key that is not in the key cache",
    remedy: "hab origin key generate makes one, hab origin key import brings one.",
  },
  noRemovalInContainer: {
    code: "HAB-BLD-082",
    title: "A container studio leaves nothing that could be removed",
    remedy: "Leave -D out to remove the studio of this directory.",
  },
} as const;
