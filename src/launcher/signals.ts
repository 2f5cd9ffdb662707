// The signals a launcher obeys (reference/supervisor.md §9.1).

export interface SignalHandlers {
  /** SIGTERM. */
  readonly stop: () => void;
  /** SIGINT: ^C, which may come again. */
  readonly interrupt: () => void;
  /** SIGHUP. */
  readonly reload: () => void;
  /** SIGCHLD of a child that nobody here started: only pid 1 gets such. */
  readonly collect: () => void;
}

/** Listens until the answer is called; what the launcher has no use for is swallowed. */
export function listenToSignals({ stop, interrupt, reload, collect }: SignalHandlers): () => void {
  const ignore = () => {};
  const handlers: [NodeJS.Signals, () => void][] = [
    ["SIGTERM", stop],
    ["SIGINT", interrupt],
    ["SIGHUP", reload],
    ["SIGQUIT", ignore],
    ["SIGALRM", ignore],
    ["SIGUSR1", ignore],
    ["SIGUSR2", ignore],
    ...(process.pid === 1 ? ([["SIGCHLD", collect]] as [NodeJS.Signals, () => void][]) : []),
  ];
  for (const [name, handler] of handlers) process.on(name, handler);
  return () => {
    for (const [name, handler] of handlers) process.off(name, handler);
  };
}
