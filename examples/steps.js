import yoctoSpinner from "yocto-spinner";

/** The steps of a demonstration: a spinner on a terminal, plain lines elsewhere, and the output of a step that fails. */
export class Steps {
  #output = [];

  /** Runs one step; `work` gets a function that keeps what the step's programs print. */
  async run(label, work) {
    this.#output = [];
    const started = performance.now();
    const show = process.stdout.isTTY ? spinner(label) : plainLines(label);
    try {
      await work((chunk) => this.#output.push(chunk.toString()));
    } catch (error) {
      show.error(`${label}: failed`);
      throw error;
    }
    show.success(`${label} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  }

  /** Says why the last step failed, with what its programs printed. */
  explain(error) {
    const output = this.#output.join("").trimEnd();
    if (output !== "") console.error(`\n${output}`);
    console.error(`\n${error instanceof Error ? error.message : error}`);
  }
}

const spinner = (label) => yoctoSpinner({ text: `${label} …`, stream: process.stdout }).start();

function plainLines(label) {
  console.log(`${label} …`);
  return { success: (text) => console.log(`done: ${text}`), error: (text) => console.log(text) };
}
