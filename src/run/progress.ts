import yoctoSpinner from "yocto-spinner";

/** Shows that work takes time: a spinner on a terminal, a plain line elsewhere, nothing with `--quiet`. */
export interface Progress {
  step<T>(label: string, work: () => Promise<T>): Promise<T>;
}

export const silentProgress: Progress = { step: (_label, work) => work() };

/** Progress on standard error, so that standard output has only the command's result. */
export const visibleProgress: Progress = process.stderr.isTTY ? spinners() : plainLines();

function spinners(): Progress {
  return {
    async step(label, work) {
      const spinner = yoctoSpinner({ text: `${label} …`, stream: process.stderr }).start();
      try {
        const result = await work();
        spinner.success(label);
        return result;
      } catch (error) {
        spinner.error(label);
        throw error;
      }
    },
  };
}

function plainLines(): Progress {
  return {
    step(label, work) {
      process.stderr.write(`${label} …\n`);
      return work();
    },
  };
}
