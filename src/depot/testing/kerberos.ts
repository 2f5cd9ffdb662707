// For tests: a real KDC of this machine's packages (krb5-kdc) with a realm, principals and keytab in a directory of its own,
// on a loopback port of its own.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";
import { freePort } from "./free-port.ts";
import { waitUntil } from "./postgres.ts";

export const REALM = "HAB.TEST";

export interface TestKdc {
  readonly directory: string;
  /** Variables for programs that use the realm. */
  readonly env: Readonly<Record<string, string>>;
  /** A keytab with new keys of these services. */
  keytab(...services: readonly string[]): string;
  /** Gets a ticket for a person with the password of the same name; gives the variables of who holds it. */
  kinit(person: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const run = (command: readonly string[], env: Readonly<Record<string, string>>, input = ""): string => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
    stdin: Buffer.from(input),
  });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  return stdout.toString();
};

/** Starts it with these people; each one's password is the name. */
export async function startKdc(people: readonly string[]): Promise<TestKdc> {
  const directory = temporaryDirectory("hab-kdc-");
  const port = freePort();
  const [configuration, profile] = [join(directory, "krb5.conf"), join(directory, "kdc.conf")];
  writeFileSync(
    configuration,
    `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:${port}
  }
`,
  );
  writeFileSync(
    profile,
    `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${REALM} = {
    database_name = ${directory}/principal
    key_stash_file = ${directory}/stash
    acl_file = ${directory}/acl
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }
[logging]
  kdc = FILE:${directory}/kdc.log
`,
  );
  const env = { KRB5_CONFIG: configuration, KRB5_KDC_PROFILE: profile };
  run(["kdb5_util", "create", "-s", "-r", REALM, "-P", "master of a test"], env);
  const principals = people.map((person) => `add_principal -pw ${person} ${person}\n`).join("");
  run(["kadmin.local"], env, principals);
  const kdc = Bun.spawn(["/usr/sbin/krb5kdc", "-n"], {
    env: { PATH: "/usr/sbin:/usr/bin", ...env },
    stdin: "ignore",
    stdout: "ignore",
    stderr: Bun.file(join(directory, "stderr")),
  });
  await waitUntil(
    async () => {
      if (kdc.exitCode !== null) throw new Error(`the KDC ended: see ${directory}/kdc.log`);
      const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(
        () => undefined,
      );
      socket?.end();
      return socket !== undefined;
    },
    () => `the KDC is not ready: see ${directory}/kdc.log`,
  );
  let keytabs = 0;
  return {
    directory,
    env,
    keytab(...services) {
      const path = join(directory, `service-${keytabs++}.keytab`);
      const words = services.map((each) => `add_principal -randkey ${each}\nktadd -k ${path} ${each}\n`);
      run(["kadmin.local"], env, words.join(""));
      return path;
    },
    kinit(person) {
      const holder = {
        ...env,
        KRB5CCNAME: `FILE:${join(directory, `tickets-of-${person.replace("/", "-")}`)}`,
      };
      run(["kinit", person], holder, `${person}\n`);
      return holder;
    },
    async stop() {
      kdc.kill("SIGTERM");
      await kdc.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
