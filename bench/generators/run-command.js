// One run of a command line: what it cost, and that it did what it should.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/**
 * @typedef {object} Task
 * @property {readonly string[]} command the program and its arguments
 * @property {number} [exitCode] that it must end with; default 0
 * @property {string} [says] what its output must contain
 * @property {Readonly<Record<string, string>>} [writes] files that must hold a text afterwards that they did not before
 */

/** Measures commands with the program that counts for all processes of a command. */
export class CommandRunner {
  #program;
  #env;

  /** @param home the home folder of the commands, so that nothing that somebody has configured changes the figures */
  constructor(program, home) {
    this.#program = program;
    this.#env = { ...process.env, HOME: home, NG_CLI_ANALYTICS: "false", NO_COLOR: "1" };
  }

  /**
   * @param {Task} task
   * @returns `{cpuNs, wallNs, peakBytes}`
   * @throws when the command does not do what it should: its time would be that of a failure
   */
  async run(task, cwd) {
    const early = unwritten(task, cwd).length < Object.keys(task.writes ?? {}).length;
    if (early) throw new Error(`${describe(task)} has nothing to do in ${cwd}`);
    const { exitCode, output, ...cost } = await this.#start(task.command, cwd);
    if (exitCode !== (task.exitCode ?? 0)) throw failure(task, `ended with ${exitCode}`, output);
    if (!output.includes(task.says ?? "")) throw failure(task, `did not say ${task.says}`, output);
    const [missing] = unwritten(task, cwd);
    if (missing !== undefined) throw failure(task, `did not write ${missing}`, output);
    return cost;
  }

  /** What `node -e 0` costs now, in nanoseconds of CPU time. */
  async unit() {
    return (await this.#start([process.execPath, "-e", "0"], "/")).cpuNs;
  }

  async #start(command, cwd) {
    const child = spawn(this.#program, command, {
      cwd,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const [stdout, stderr, report] = await Promise.all([
      ...child.stdio.slice(1).map((stream) => text(stream)),
      once(child, "close"),
    ]);
    return { ...JSON.parse(report), output: `${stdout}${stderr}` };
  }
}

function unwritten({ writes = {} }, cwd) {
  const holds = (file, content) => existsSync(file) && readFileSync(file, "utf8").includes(content);
  return Object.entries(writes)
    .filter(([file, content]) => !holds(join(cwd, file), content))
    .map(([file]) => file);
}

const describe = ({ command }) => command.slice(1).join(" ");
const failure = (task, what, output) => new Error(`${describe(task)} ${what}:\n${output.slice(-2_000)}`);
