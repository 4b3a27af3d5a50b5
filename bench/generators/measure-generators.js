// Measures generators: what wsgen does, others beside it, and how wsgen grows with its spec.
import { actions, growthSteps } from "./actions.js";
import { CommandRunner } from "./run-command.js";
import { currentFolder, freshFolder, home, makeWorkspace, removeWorkspace } from "./workspace.js";

/** The things that more than one generator does. */
export const sharedTitles = {
  help: "show the help",
  add: "add one thing to a project",
  start: "make a project",
};

/** A large spec is measured in fewer rounds: its commands repeat each other. */
export const roundsAt = (commands, rounds) =>
  Math.ceil(rounds * (commands < 1_000 ? 1 : commands < 10_000 ? 0.6 : 0.4));

/**
 * @param options `{tools, sizes, rounds}`
 * @returns the runs as `{cpuNs, wallNs, peakBytes, unitNs}`, `unitNs` being `node -e 0` shortly before: of wsgen's
 * `actions` by action, of the `shared` tasks by task and tool, of `growth` by step and number of commands
 */
export async function measureGenerators(options, { program, progress }) {
  const runner = new CommandRunner(program, home);
  progress.say("make the projects that generators run in");
  await makeWorkspace(runner, options);
  const runs = [];
  for (const { path, title, subject, task, folder } of listRuns(options)) {
    progress.next(title, subject, secondsOf(path));
    const cwd = folder();
    const unitNs = await runner.unit();
    runs.push({ path, cost: { ...(await runner.run(task, cwd)), unitNs } });
  }
  removeWorkspace();
  return nest(runs);
}

/** About what all runs take, for the progress. */
export const countSeconds = (options) =>
  Array.from(listRuns(options), ({ path }) => secondsOf(path)).reduce((sum, seconds) => sum + seconds, 0);

function* listRuns({ tools, sizes, rounds }) {
  for (let round = 0; round < rounds; round++) {
    for (const { id, title, task, ...where } of actions)
      yield {
        path: ["actions", id],
        title: "what wsgen does",
        subject: title,
        task,
        folder: folderOf(where),
      };
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(sharedTitles)) {
      for (const tool of tools) {
        if (tool[name] === undefined) continue;
        const project = projectOf(tool, name);
        const at = {
          path: ["shared", name, tool.id],
          title: "beside others",
          subject: `${tool.title}: ${name}`,
        };
        yield { ...at, task: tool[name], folder: folderOf({ project }) };
      }
    }
  }
  for (const commands of sizes) {
    for (let round = 0; round < roundsAt(commands, rounds); round++) {
      for (const { id, task, tool = "wsgen", most = commands, ...where } of growthSteps(commands)) {
        if (commands > most || tools.every((each) => each.id !== tool)) continue;
        const title = `${commands.toLocaleString("en")} commands`;
        yield { path: ["growth", id, String(commands)], title, subject: id, task, folder: folderOf(where) };
      }
    }
  }
}

function projectOf({ id, template }, task) {
  if (id === "wsgen" && task === "add") return "wsgen-10";
  return task === "add" || template !== undefined ? id : "nothing";
}

/** A copy of a project, changed; without a project the folder as the last run left it. */
const folderOf =
  ({ project, change }) =>
  () => {
    const folder = project === undefined ? currentFolder : freshFolder(project);
    change?.(folder);
    return folder;
  };

function secondsOf([group, , commands]) {
  return group === "growth" ? 0.6 + Number(commands) / 500 : 0.6;
}

/** The costs as objects in objects, by the steps of their paths. */
function nest(runs) {
  const results = { actions: {}, shared: {}, growth: {} };
  for (const { path, cost } of runs) {
    let place = results;
    for (const key of path.slice(0, -1)) {
      place[key] ??= {};
      place = place[key];
    }
    const id = path.at(-1);
    place[id] ??= [];
    place[id].push(cost);
  }
  return results;
}
