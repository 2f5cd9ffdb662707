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
  malformedPeer: {
    code: "HAB-RNG-010",
    title: "A text is not the address of a peer",
    remedy: "Write it as host, host:port or [IPv6 address]:port; without a port it is 9638.",
    exitCode: 2,
  },
  unresolvedPeer: {
    code: "HAB-RNG-011",
    title: "The address of a peer cannot be found",
    remedy:
      "Check the name and the name servers. The Supervisor goes on and looks it up again every few seconds.",
  },
  cannotListenForDatagrams: {
    code: "HAB-RNG-012",
    title: "The gossip address cannot be listened on for datagrams (UDP)",
    remedy:
      "Check that no other Supervisor or program uses the port and that the address is one of this host, or choose another one by --listen-gossip.",
    exitCode: 86,
  },
  cannotListenForConnections: {
    code: "HAB-RNG-013",
    title: "The gossip address cannot be listened on for connections (TCP)",
    remedy:
      "Check that no other Supervisor or program uses the port and that the address is one of this host, or choose another one by --listen-gossip.",
    exitCode: 86,
  },
  protocolFault: {
    code: "HAB-RNG-014",
    title: "The protocol of the ring failed on something it was given",
    remedy:
      "The Supervisor goes on without what it was given. Report this with the log: it is a fault of the program.",
  },
  peerFileUnreadable: {
    code: "HAB-RNG-015",
    title: "The peer watch file cannot be read",
    remedy: "Check the path and its permissions. The Supervisor goes on and reads it again when it changes.",
  },
});
