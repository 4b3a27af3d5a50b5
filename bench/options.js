// The command line of the benchmarks.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { scenarios } from "./scenarios.js";
import { reference, servers } from "./server-list.js";

export const usage = `npm run bench -- [options]

  --servers a,b      which servers, of: ${servers.map(({ id }) => id).join(", ")} (default: all);
                     wsgen=<folder> measures another build of wsgen-runtime (its dist folder) beside it
  --scenarios a,b    which scenarios, of: ${scenarios.map(({ id }) => id).join(", ")} (default: all)
  --rounds n         how often each server is measured in each scenario (default 5)
  --seconds n        how long one measurement takes (default 2)
  --json file        writes every single measurement too
  --document file    where the table goes (default docs/benchmarks.md for a run of everything, else the terminal)
  --cores s,g        the cores for the server and the load generator (default 0,1)
  --node-options=s   options for the processes of the servers, such as --cpu-prof
`;

/** @throws for what is not an option, a server or a scenario */
export function readOptions(argv) {
  const text = { type: "string" };
  const { values } = parseArgs({
    args: argv,
    options: {
      servers: text,
      scenarios: text,
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      json: text,
      document: text,
      cores: { type: "string", default: "0,1" },
      "node-options": { type: "string", default: "" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    help: values.help,
    servers: chooseServers(values.servers),
    scenarios: choose(scenarios, values.scenarios, "scenario"),
    rounds: positive(values.rounds, "rounds"),
    seconds: positive(values.seconds, "seconds"),
    json: values.json,
    document: values.document,
    isComplete: values.servers === undefined && values.scenarios === undefined,
    cores: values.cores.split(",").map(Number),
    nodeOptions: values["node-options"].split(" ").filter((option) => option !== ""),
  };
}

function chooseServers(names) {
  if (names === undefined) return servers;
  const builds = names.split(",").map((name) => name.split("="));
  const chosen = builds.map(([id, folder]) => {
    const [server] = choose(servers, id, "server");
    if (folder === undefined) return server;
    const runtime = pathToFileURL(resolve(folder, "index.js")).href;
    return { ...server, id: `${id}=${folder}`, title: `${server.title} in ${folder}`, runtime };
  });
  const [first] = choose(servers, reference, "server");
  return [first, ...chosen.filter(({ id }) => id !== reference)];
}

function choose(known, names, what) {
  if (names === undefined) return known;
  return names.split(",").map((name) => {
    const found = known.find(({ id }) => id === name);
    if (found !== undefined) return found;
    throw new Error(
      `There is no ${what} ${JSON.stringify(name)}; there are: ${known.map(({ id }) => id).join(", ")}.`,
    );
  });
}

function positive(text, name) {
  const number = Number(text);
  if (number > 0 && number <= 1_000) return number;
  throw new Error(`--${name} takes a number from 1 to 1000, not ${JSON.stringify(text)}.`);
}
