// Failures of the ring: messages and files that cannot be understood.
import { errorKinds } from "../error/index.ts";

export const ringErrors = errorKinds({
  malformedMessage: {
    code: "HAB-RNG-001",
    title: "A message of the ring is damaged or lacks something it must have",
    remedy: "Nothing to do for a single one. If they go on, find out who sends to this address and port.",
  },
  malformedServiceGroup: {
    code: "HAB-RNG-002",
    title: "A text is not a service group of the form service.group",
    remedy: "Write it as service.group, for example redis.default.",
    exitCode: 2,
  },
  undecryptableMessage: {
    code: "HAB-RNG-003",
    title: "A message of the ring was not encrypted with this member's ring key",
    remedy: "Give all members of the ring the same ring key.",
  },
  stateUnusable: {
    code: "HAB-RNG-004",
    title: "The Supervisor's state directory cannot be read or written",
    remedy:
      "Check that the directory exists, belongs to the user of the Supervisor, and that the disk is not full.",
    exitCode: 86,
  },
  memberIdUnusable: {
    code: "HAB-RNG-005",
    title: "The file MEMBER_ID holds something that cannot name a member",
    remedy: "Remove the file MEMBER_ID; the Supervisor then joins as a new member.",
    exitCode: 86,
  },
});
