import { aspects } from "./schema/schema-change.js";

/** When a change of a code breaks clients. */
type Breaks = "always" | "never" | "in requests" | "in replies and events" | "depends";

export interface CodeMeaning {
  readonly breaks: Breaks;
  readonly meaning: string;
}

const contract = {
  "module-added": { breaks: "never", meaning: "A module is new." },
  "module-removed": {
    breaks: "always",
    meaning: "A module was removed, with its routes, commands and events.",
  },
  "module-renamed": {
    breaks: "never",
    meaning: "A module has a new name and the same flag. Only code depends on the name.",
  },
  "flag-changed": { breaks: "always", meaning: "The first segment of all routes of a module has changed." },
  "port-changed": { breaks: "always", meaning: "The port of a module has changed." },
  "route-added": { breaks: "never", meaning: "A route serves addresses that no route served before." },
  "route-removed": {
    breaks: "always",
    meaning: "Some or all addresses of a route are no longer served. A moved route counts too.",
  },
  "route-widened": {
    breaks: "never",
    meaning: "A new route serves all addresses of a removed route, and more.",
  },
  "route-parameters-renamed": {
    breaks: "never",
    meaning: "The parameters of a route have new names; its addresses are the same.",
  },
  "command-added": { breaks: "never", meaning: "A command is new." },
  "command-removed": { breaks: "always", meaning: "A command was removed: clients get `unknown_command`." },
  "event-added": {
    breaks: "never",
    meaning: "An event is new; clients ignore events that they do not know.",
  },
  "event-removed": { breaks: "always", meaning: "An event was removed: clients never receive it." },
  "error-added": {
    breaks: "never",
    meaning:
      "A module or a command declares one more error; clients must expect codes that they do not know.",
  },
  "error-removed": {
    breaks: "always",
    meaning: "An error is no longer declared: clients that handle its code get another one.",
  },
  "guard-added": {
    breaks: "always",
    meaning: "A guard is new: messages that were let in may be refused.",
  },
  "guard-removed": { breaks: "never", meaning: "A guard was removed: it refuses no message any more." },
  "replay-added": {
    breaks: "never",
    meaning: "An event is replayed: clients that reconnect get the events that they missed.",
  },
  "replay-removed": {
    breaks: "always",
    meaning: "An event is no longer replayed: clients that reconnect miss it without notice.",
  },
  "limit-lowered": { breaks: "always", meaning: "A limit is lower, or did not exist before." },
  "limit-raised": { breaks: "never", meaning: "A limit is higher, or was removed." },
  "origin-added": { breaks: "never", meaning: "Pages of more origins may connect." },
  "origin-removed": { breaks: "always", meaning: "Pages of an origin may no longer connect." },
  "subprotocol-added": { breaks: "never", meaning: "A module speaks one more subprotocol." },
  "subprotocol-removed": { breaks: "always", meaning: "A module no longer speaks a subprotocol." },
  "option-changed": {
    breaks: "always",
    meaning: "The value of an option that clients depend on has changed.",
  },
  "option-adjusted": {
    breaks: "never",
    meaning: "The value of an option has changed, and clients may notice it.",
  },
  "option-switched-off": { breaks: "always", meaning: "Replies, errors or pushes are no longer sent." },
  "option-switched-on": { breaks: "never", meaning: "Replies, errors or pushes are now sent." },
} as const satisfies Record<string, CodeMeaning>;

const schemas = {
  "schema-added": {
    breaks: "in requests",
    meaning: "A request, reply or event that allowed any value, or an error without details, has a schema.",
  },
  "schema-removed": {
    breaks: "in replies and events",
    meaning: "The schema was removed: any value may be sent.",
  },
  "field-added": {
    breaks: "depends",
    meaning:
      "A field is new. In a request it breaks when it is required, in a reply or event when no other fields were allowed.",
  },
  "field-removed": {
    breaks: "depends",
    meaning:
      "A field was removed. In a reply or event it breaks, in a request when other fields are refused.",
  },
  "field-required": { breaks: "in requests", meaning: "A field that was optional is required." },
  "field-optional": { breaks: "in replies and events", meaning: "A field that was required is optional." },
  "fields-narrowed": {
    breaks: "in requests",
    meaning: "Fields that are not named are refused, or checked by a stricter schema.",
  },
  "fields-widened": {
    breaks: "in replies and events",
    meaning: "Fields that are not named are allowed, or checked by a looser schema.",
  },
  "fields-changed": { breaks: "always", meaning: "Fields that are not named are checked by another schema." },
  "cannot-be-decided": {
    breaks: "always",
    meaning:
      "wsgen cannot decide what a difference of two schemas means: check by hand whether clients still work.",
  },
} as const satisfies Record<string, CodeMeaning>;

type Aspect = (typeof aspects)[number];
type Effect = "narrowed" | "widened" | "changed";
type AspectCode = `${Aspect}-${Effect}`;

const subjects: Readonly<Record<Aspect, string>> = {
  type: "the types of a value",
  values: "the values that are allowed (`enum`, `const`)",
  range: "the range or steps of a number",
  length: "the length of a string",
  pattern: "the pattern of a string",
  format: "the format of a string",
  encoding: "whether a string is bytes (`contentEncoding: base64`)",
  size: "the number of items or fields, or which items are required",
  alternatives: "the alternatives (`anyOf`, `oneOf`)",
  condition: "a rule (`not`, `if`, `dependentRequired`, `dependentSchemas`, `propertyNames`)",
};

const effects: Readonly<Record<Effect, (subject: string) => CodeMeaning>> = {
  narrowed: (subject) => ({ breaks: "in requests", meaning: `Stricter than before: ${subject}.` }),
  widened: (subject) => ({ breaks: "in replies and events", meaning: `Looser than before: ${subject}.` }),
  changed: (subject) => ({ breaks: "always", meaning: `Stricter in part and looser in part: ${subject}.` }),
};

export type ContractCode = keyof typeof contract | keyof typeof schemas | AspectCode;

/** Every code of a contract change; `docs/contract-diff.md` has this table. */
export const contractCodes: ReadonlyMap<string, CodeMeaning> = new Map<string, CodeMeaning>([
  ...Object.entries(contract),
  ...Object.entries(schemas),
  ...aspects.flatMap((aspect) =>
    (["narrowed", "widened", "changed"] as const).map(
      (effect) => [`${aspect}-${effect}`, effects[effect](subjects[aspect])] as const,
    ),
  ),
]);
