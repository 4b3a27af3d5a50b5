// The command line of the benchmarks.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { mostCommands } from "./generators/large-spec.js";
import { tools } from "./generators/tools.js";
import { scenarios } from "./scenarios.js";
import { reference, servers } from "./server-list.js";

const usualSizes = "10,100,1000,10000";

export const usage = `npm run bench -- [options]

  --only part        servers or generators (default: both, or what the choices below belong to)
  --servers a,b      which servers, of: ${servers.map(({ id }) => id).join(", ")} (default: all);
                     wsgen=<folder> measures it with another build of wsgen-runtime (its dist folder), too
  --scenarios a,b    which scenarios, of: ${scenarios.map(({ id }) => id).join(", ")} (default: all)
  --generators a,b   which generators, of: ${tools.map(({ id }) => id).join(", ")} (default: all)
  --sizes a,b        for how many commands, up to ${mostCommands} (default ${usualSizes})
  --rounds n         how often each is measured; a large spec more seldom (default 5)
  --peer-rounds n    how often the other servers are, at most as often as ws and wsgen (default 3)
  --seconds n        how long one measurement of a server counts (default 1.5)
  --json file        writes every single measurement too
  --document file    where the tables go (default docs/benchmarks.md for all servers or all generators, else the terminal)
  --cores s,g        the cores for the server and the load generator (default 0,1)
  --node-options=s   options for the processes of the servers, such as --cpu-prof
`;

/** @throws for what is not an option, a server, a scenario or a generator */
export function readOptions(argv) {
  const text = { type: "string" };
  const { values } = parseArgs({
    args: argv,
    options: {
      servers: text,
      scenarios: text,
      only: text,
      generators: text,
      sizes: text,
      rounds: { type: "string", default: "5" },
      "peer-rounds": { type: "string", default: "3" },
      seconds: { type: "string", default: "1.5" },
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
    peerRounds: positive(values["peer-rounds"], "peer-rounds"),
    seconds: positive(values.seconds, "seconds"),
    json: values.json,
    document: values.document,
    parts: chooseParts(values),
    isComplete: choices(values).length === 0,
    tools: chooseTools(values.generators),
    sizes: (values.sizes ?? usualSizes).split(",").map((size) => positive(size, "sizes", mostCommands)),
    cores: values.cores.split(",").map(Number),
    nodeOptions: values["node-options"].split(" ").filter((option) => option !== ""),
  };
}

const choicesOf = { servers: ["servers", "scenarios"], generators: ["generators", "sizes"] };
const parts = Object.keys(choicesOf);

/** Those parts of which something in particular is asked for. */
const choices = (values) =>
  parts.filter((part) => choicesOf[part].some((name) => values[name] !== undefined));

function chooseParts(values) {
  const only = values.only === undefined ? choices(values) : [values.only];
  const [unknown] = only.filter((part) => !parts.includes(part));
  if (unknown !== undefined)
    throw new Error(`--only takes ${parts.join(" or ")}, not ${JSON.stringify(unknown)}.`);
  return only.length === 0 ? parts : only;
}

function chooseServers(names) {
  if (names === undefined) return servers;
  const builds = names.split(",").map((name) => name.split("="));
  const chosen = builds.map(([id, folder]) => {
    const [server] = choose(servers, id, "server");
    if (folder === undefined) return server;
    return {
      ...server,
      id: `${id}=${folder}`,
      title: `${server.title} with ${folder}`,
      runtime: resolve(folder),
    };
  });
  const [first] = choose(servers, reference, "server");
  return [first, ...chosen.filter(({ id }) => id !== reference)];
}

/** wsgen always runs. */
function chooseTools(names) {
  const chosen = choose(tools, names, "generator");
  return tools.filter((tool) => tool.id === "wsgen" || chosen.includes(tool));
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

function positive(text, name, most = 1_000) {
  const number = Number(text);
  if (number > 0 && number <= most) return number;
  throw new Error(`--${name} takes a number from 1 to ${most}, not ${JSON.stringify(text)}.`);
}
