// Builds what `hab plan init` has written on a machine, and asks the service that comes of it.
import { type Machine, until } from "../end-to-end/machine.ts";

/** The origin's key, with which packages are signed. */
export async function requireKey(machine: Machine): Promise<void> {
  await machine.run(["hab", "origin", "key", "generate", "acme"]);
}

/** Builds the project in a directory, and says what came of it. Its plan has to be without a fault. */
export async function buildPackage(machine: Machine, directory: string): Promise<string> {
  await machine.run(["hab", "plan", "check", "--strict", "habitat"], { cwd: directory });
  const env = { NO_INSTALL_DEPS: "true", HAB_HART_COMPRESSION_LEVEL: "0" };
  await machine.run(["hab", "pkg", "build", "--no-studio", "."], { cwd: directory, env });
  const { stdout } = await machine.run(["bash", "-c", ". results/last_build.env && echo $pkg_ident"], {
    cwd: directory,
  });
  return stdout.trim();
}

/** Runs the service under a Supervisor of its own; the line it answers. Its health check has to find it well. */
export async function answerOfService(machine: Machine, ident: string): Promise<string> {
  const name = ident.split("/")[1] ?? "";
  const supervisor = machine.background(["hab", "sup", "run", ident]);
  try {
    return await until(
      `${ident} answers`,
      async () => {
        const { stdout } = await machine.run(["curl", "-sSf", "http://127.0.0.1:8080/"]);
        await machine.run([`/hab/svc/${name}/hooks/health-check`]);
        return stdout.trim();
      },
      60,
    );
  } catch (error) {
    throw new Error(supervisor.output(), { cause: error });
  } finally {
    await machine.run(["hab", "sup", "term"], { exit: "any" });
    await supervisor.exited;
  }
}
