// Debian programs that benchmarks compare with or measure by.

/** Installs what is missing (command → package), as root on Debian. Throws when that fails. */
export function install(programs: Readonly<Record<string, string>>): void {
  const missing = Object.keys(programs).filter((program) => Bun.which(program) === null);
  if (missing.length === 0) return;
  const packages = missing.map((program) => programs[program] ?? program);
  const apt = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { exitCode, stderr } = Bun.spawnSync({ cmd: apt, env, stdout: "ignore", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${apt.join(" ")}: exit ${exitCode}: ${stderr}`);
}
