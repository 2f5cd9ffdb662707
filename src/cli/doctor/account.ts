// `hab doctor`, account: the user and group that services run as when their package names none.
import { type Check, checksOf, type DoctorContext } from "./check.ts";

const { ok, warning } = checksOf("account");

const ACCOUNT = "hab";

/** Only for root: others run services as themselves. */
export function checkAccount(context: DoctorContext): Check[] {
  if (context.uid !== 0) return [ok("services", "run as this user")];
  const next = `useradd --system --user-group --shell /bin/false ${ACCOUNT}`;
  return [
    context.hasUser(ACCOUNT) ? ok("user", ACCOUNT) : warning("user", `there is no user ${ACCOUNT}`, next),
    context.hasGroup(ACCOUNT) ? ok("group", ACCOUNT) : warning("group", `there is no group ${ACCOUNT}`, next),
  ];
}
