// Specs as a person writes them, of any size: modules of twenty commands, each with a request, a reply and a description.

const commandsPerModule = 20;

const areas = "account billing catalog chat delivery device event family game health".split(" ");
const moreAreas = "identity journey kitchen learning market news office payment quality rental".split(" ");
const subjects = "address booking comment coupon document feedback group invoice license message".split(" ");
const moreSubjects = "note offer order picture profile question rating review room schedule".split(" ");
const lastSubjects = "session shipment ticket user vote".split(" ");
const actions = [
  ...["create", "get", "list", "update", "remove", "rename", "move", "copy", "archive", "restore"],
  ...["search", "count", "share", "watch", "unwatch", "lock", "unlock", "export", "import", "describe"],
];

/** `area-subject`: five hundred different names. */
const moduleNames = [...areas, ...moreAreas].flatMap((area) =>
  [...subjects, ...moreSubjects, ...lastSubjects].map((subject) => `${area}-${subject}`),
);

/** The most commands that a spec of here can have. */
export const mostCommands = moduleNames.length * commandsPerModule;

export const countModules = (commands) => Math.ceil(commands / commandsPerModule);

/** A spec of so many commands, at most {@link mostCommands}. */
export function writeLargeSpec(commands) {
  const parts = modulesOf(commands).map(({ name, count }, index) => writeModule(name, { index, count }));
  return `${head}${parts.join("\n")}`;
}

/** The same commands as lines of `module/command`, in their order. */
export const listCommands = (commands) =>
  modulesOf(commands).flatMap(({ name, count }) =>
    actions.slice(0, count).map((action) => `${name}/${name.split("-")[1]}-${action}`),
  );

function modulesOf(commands) {
  return moduleNames.slice(0, countModules(commands)).map((name, index) => ({
    name,
    count: Math.min(commandsPerModule, commands - index * commandsPerModule),
  }));
}

const head = `wsgen: 1
name: large-server
description: What a company does, over WebSockets.

schemas:
  Person:
    type: object
    required: [id, name]
    properties:
      id: { type: string, format: uuid }
      name: { type: string, minLength: 1, maxLength: 80 }
      email: { type: string, format: email }
  Item:
    type: object
    required: [id, title, price]
    properties:
      id: { type: string, format: uuid }
      title: { type: string, minLength: 1, maxLength: 200 }
      price: { type: number, minimum: 0 }
      notes: { type: [string, "null"] }
      owner: { $ref: "#/schemas/Person" }

modules:
`;

function writeModule(name, { index, count }) {
  const [area, subject] = name.split("-");
  const commands = actions
    .slice(0, count)
    .map((action, place) => shapes[place % shapes.length](action, subject));
  return `  ${name}:
    description: Each ${subject} of the ${area}.
    port: ${10_100 + (index % 4)}
    urls: [ws]
    commands:
${commands.join("")}    events:
      ${subject}.changed:
        description: Somebody changed a ${subject}.
        data:
          type: object
          required: [by, item]
          properties:
            by: { $ref: "#/schemas/Person" }
            item: { $ref: "#/schemas/Item" }
            fields: { type: array, items: { type: string } }
`;
}

/** One command each, as YAML. */
const shapes = [
  (action, subject) => `      ${subject}.${action}:
        description: ${capital(action)} a ${subject}, and tell those who watch.
        request:
          type: object
          required: [item]
          properties:
            item: { $ref: "#/schemas/Item" }
            tags: { type: array, maxItems: 20, items: { type: string } }
            level: { enum: [low, normal, high] }
        reply: { type: object, required: [id], properties: { id: { type: string, format: uuid } } }
`,
  (action, subject) => `      ${subject}.${action}:
        description: ${capital(action)} the ${subject} with this id.
        request:
          type: object
          required: [ref]
          properties:
            ref: { type: string, format: uuid }
            revision: { type: integer, minimum: 1 }
        reply: { $ref: "#/schemas/Item" }
`,
  (action, subject) => `      ${subject}.${action}:
        description: ${capital(action)} what fits, newest first.
        request:
          type: object
          properties:
            text: { type: string, maxLength: 500 }
            limit: { type: integer, minimum: 1, maximum: 100, default: 20 }
            isOpen: { type: boolean }
        reply:
          type: object
          required: [items]
          properties: { items: { type: array, items: { $ref: "#/schemas/Item" } } }
`,
  (action, subject) => `      ${subject}.${action}:
        description: ${capital(action)} a ${subject}; the answer is that it is done.
        request:
          type: object
          required: [ref, reason]
          properties:
            ref: { type: string, format: uuid }
            reason: { type: string, minLength: 1, maxLength: 500 }
            at: { type: string, format: date-time }
`,
];

const capital = (word) => word[0].toUpperCase() + word.slice(1);
