import type { CloseOptions, WebsocketServe } from "./running-serve.js";

const signals = ["SIGTERM", "SIGINT"] as const;

/** Closes the serve on SIGTERM and SIGINT and then ends the process with exit code 0; a second signal ends it at once. */
export function closeOnSignals(serve: WebsocketServe, options: CloseOptions = {}): void {
  let isClosing = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isClosing) {
      // As the shell reports a process that a signal ended.
      process.exit(signal === "SIGINT" ? 130 : 143);
    }
    isClosing = true;
    serve.close(options).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of signals) process.on(signal, onSignal);
}
