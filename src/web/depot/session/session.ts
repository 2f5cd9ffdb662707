// Who reads these pages, and what they may do in an origin: as the API says, which is also who refuses the rest.
import { isAwaited, type Known, useJson } from "../../shared/index.ts";
import { type Account, type OwnOrigin, ROLES, type Role, type SignInTold } from "../api/people.ts";

/** Tells the ways to sign in and who is signed in. */
export const SESSION_API = "/v1/sign-in";
export const OWN_ORIGINS_API = "/v1/user/origins";

/** Undefined until it is known; null for nobody. */
export function useAccount(): Account | null | undefined {
  return useSession().data?.account;
}

export function useSession(): Known<SignInTold> {
  return useJson<SignInTold>(SESSION_API);
}

/** Origins of the reader; nothing is asked for nobody. */
export function useOwnOrigins(): Known<readonly OwnOrigin[]> {
  const account = useAccount();
  return useJson<readonly OwnOrigin[]>(
    account === null || account === undefined ? undefined : OWN_ORIGINS_API,
  );
}

/** The reader's role in an origin. Undefined until it is known, null for none. */
export function useRole(origin: string): Role | null | undefined {
  const account = useAccount();
  const own = useOwnOrigins();
  if (account === null) return null;
  return own.data === undefined ? undefined : (own.data.find(({ name }) => name === origin)?.role ?? null);
}

/** Whether the reader's role in an origin is on its way. One that is not to be had is no longer waited for. */
export function useRoleAwaited(): boolean {
  const session = useSession();
  const own = useOwnOrigins();
  const account = session.data?.account;
  return isAwaited(session) || (account !== null && account !== undefined && isAwaited(own));
}

export function reaches(held: Role | null | undefined, needed: Role): boolean {
  return held !== null && held !== undefined && ROLES.indexOf(held) >= ROLES.indexOf(needed);
}
