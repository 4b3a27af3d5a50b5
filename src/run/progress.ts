import yoctoSpinner from "yocto-spinner";

/** Shows that work takes time, on standard error, so that standard output has only the command's result. */
export type Progress = <T>(label: string, work: () => Promise<T>) => Promise<T>;

export const silentProgress: Progress = (_label, work) => work();

/** A spinner on a terminal, a plain line elsewhere. */
export const visibleProgress: Progress = async (label, work) => {
  if (!process.stderr.isTTY) {
    process.stderr.write(`${label} …\n`);
    return work();
  }
  const spinner = yoctoSpinner({ text: `${label} …`, stream: process.stderr }).start();
  try {
    const result = await work();
    spinner.success(label);
    return result;
  } catch (error) {
    spinner.error(label);
    throw error;
  }
};
