// Calls about origins, the people in them and the invitations to join (reference/depot-api.md §11, cli.md §11.2).
import { type Calls, jsonBody } from "./calls.ts";
import type { DepotRequest } from "./connection.ts";
import { readAnswer } from "./responses.ts";
import type { OriginClient } from "./types.ts";

/** The calls about origins, by the ways to send of one client. */
export function originCalls({ ask, change }: Calls): OriginClient {
  /** A change with one good answer; every other one is a failure. */
  const changeOrFail = async (request: Omit<DepotRequest, "accept">, status = 204): Promise<void> => {
    await change({ ...request, accept: [status] }, [status]);
  };

  return {
    async createOrigin(name, signal) {
      return await change(
        {
          what: `cannot create the origin ${name}`,
          method: "POST",
          path: ["depot", "origins"],
          ...jsonBody({ name }),
          accept: [201, 409],
          signal,
        },
        [201],
      );
    },

    async origin(name, signal) {
      const what = `cannot ask for the origin ${name}`;
      const response = await ask({ what, path: ["depot", "origins", name], accept: [200, 404], signal });
      return response.status === 404 ? undefined : await readAnswer(what, response, "origin");
    },

    async deleteOrigin(name, signal) {
      await changeOrFail({
        what: `cannot delete the origin ${name}`,
        method: "DELETE",
        path: ["depot", "origins", name],
        signal,
      });
    },

    async departOrigin(name, signal) {
      await changeOrFail({
        what: `cannot depart from the origin ${name}`,
        method: "POST",
        path: ["depot", "origins", name, "depart"],
        signal,
      });
    },

    async transferOrigin(name, account, signal) {
      await changeOrFail({
        what: `cannot transfer the origin ${name} to ${account}`,
        method: "POST",
        path: ["depot", "origins", name, "transfer", account],
        signal,
      });
    },

    async ownInvitations(signal) {
      const what = "cannot list your invitations";
      const response = await ask({ what, path: ["user", "invitations"], accept: [200], signal });
      return await readAnswer(what, response, "invitations");
    },

    async pendingInvitations(origin, signal) {
      const what = `cannot list the invitations to the origin ${origin}`;
      const response = await ask({
        what,
        path: ["depot", "origins", origin, "invitations"],
        accept: [200],
        signal,
      });
      return (await readAnswer(what, response, "originInvitations")).invitations;
    },

    async sendInvitation(origin, account, signal) {
      await changeOrFail(
        {
          what: `cannot invite ${account} to the origin ${origin}`,
          method: "POST",
          path: ["depot", "origins", origin, "users", account, "invitations"],
          signal,
        },
        201,
      );
    },

    async acceptInvitation(origin, id, signal) {
      await changeOrFail({
        what: `cannot accept the invitation ${id} to the origin ${origin}`,
        method: "PUT",
        path: ["depot", "origins", origin, "invitations", id.toString()],
        signal,
      });
    },

    async ignoreInvitation(origin, id, signal) {
      await changeOrFail({
        what: `cannot ignore the invitation ${id} to the origin ${origin}`,
        method: "PUT",
        path: ["depot", "origins", origin, "invitations", id.toString(), "ignore"],
        signal,
      });
    },

    async rescindInvitation(origin, id, signal) {
      await changeOrFail({
        what: `cannot rescind the invitation ${id} to the origin ${origin}`,
        method: "DELETE",
        path: ["depot", "origins", origin, "invitations", id.toString()],
        signal,
      });
    },

    async memberRole(origin, account, signal) {
      const what = `cannot ask for the role of ${account} in the origin ${origin}`;
      const response = await ask({
        what,
        path: ["depot", "origins", origin, "users", account, "role"],
        accept: [200],
        signal,
      });
      return (await readAnswer(what, response, "role")).role;
    },

    async setMemberRole(origin, account, role, signal) {
      await changeOrFail({
        what: `cannot give ${account} the role ${role} in the origin ${origin}`,
        method: "PUT",
        path: ["depot", "origins", origin, "users", account, "role"],
        query: { role },
        signal,
      });
    },
  };
}
