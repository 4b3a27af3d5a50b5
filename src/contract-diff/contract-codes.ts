import { aspects } from "./schema/schema-change.js";

/** When a change of a code breaks clients. */
type Breaks = "always" | "never" | "in requests" | "in replies and events" | "depends";

export interface CodeMeaning {
  readonly breaks: Breaks;
  readonly meaning: string;
}

const contract = {
  "module-added": { breaks: "never", meaning: "A module is new." },
  "module-removed": { breaks: "always", meaning: "A module is gone, with its routes, commands and events." },
  "module-renamed": {
    breaks: "never",
    meaning: "A module has another name and the same flag: only code sees that.",
  },
  "flag-changed": { breaks: "always", meaning: "The first segment of all routes of a module is another." },
  "port-changed": { breaks: "always", meaning: "A module listens on another port." },
  "route-added": { breaks: "never", meaning: "A route serves addresses that none served." },
  "route-removed": {
    breaks: "always",
    meaning: "Addresses of a route are no longer all served; a moved route, too.",
  },
  "route-widened": {
    breaks: "never",
    meaning: "Another route serves all addresses of one that is gone, and more.",
  },
  "route-parameters-renamed": {
    breaks: "never",
    meaning: "A route's parameters have other names; its addresses are the same.",
  },
  "command-added": { breaks: "never", meaning: "A command is new." },
  "command-removed": { breaks: "always", meaning: "A command is gone: clients get `unknown_command`." },
  "event-added": {
    breaks: "never",
    meaning: "An event is new; clients ignore events that they do not know.",
  },
  "event-removed": { breaks: "always", meaning: "An event is gone: clients wait for it in vain." },
  "replay-added": {
    breaks: "never",
    meaning: "An event is replayed: clients that come back get what they missed of it.",
  },
  "replay-removed": {
    breaks: "always",
    meaning: "An event is no longer replayed: clients that come back miss it, and are not told.",
  },
  "limit-lowered": { breaks: "always", meaning: "A limit is lower than it was, or there was none." },
  "limit-raised": { breaks: "never", meaning: "A limit is higher than it was, or there is none." },
  "origin-added": { breaks: "never", meaning: "Pages of more origins may connect." },
  "origin-removed": { breaks: "always", meaning: "Pages of an origin may no longer connect." },
  "subprotocol-added": { breaks: "never", meaning: "A module speaks one more subprotocol." },
  "subprotocol-removed": { breaks: "always", meaning: "A module no longer speaks a subprotocol." },
  "option-changed": { breaks: "always", meaning: "An option on which clients depend has another value." },
  "option-adjusted": { breaks: "never", meaning: "An option has another value that clients may notice." },
  "option-switched-off": { breaks: "always", meaning: "Replies, errors or pushes are no longer sent." },
  "option-switched-on": { breaks: "never", meaning: "Replies, errors or pushes are sent that were not." },
} as const satisfies Record<string, CodeMeaning>;

const schemas = {
  "schema-added": {
    breaks: "in requests",
    meaning: "A request, reply or event that took anything has a schema.",
  },
  "schema-removed": {
    breaks: "in replies and events",
    meaning: "The schema is gone: there may be anything.",
  },
  "field-added": {
    breaks: "depends",
    meaning:
      "A field is new. In a request it breaks when it is required, in a reply or event when no other fields were allowed.",
  },
  "field-removed": {
    breaks: "depends",
    meaning: "A field is gone. In a reply or event that breaks, in a request when other fields are refused.",
  },
  "field-required": { breaks: "in requests", meaning: "A field that was optional is required." },
  "field-optional": { breaks: "in replies and events", meaning: "A field that was required is optional." },
  "fields-narrowed": {
    breaks: "in requests",
    meaning: "Fields that are not named are refused, or held to a stricter schema.",
  },
  "fields-widened": {
    breaks: "in replies and events",
    meaning: "Fields that are not named are allowed, or held to a looser schema.",
  },
  "fields-changed": { breaks: "always", meaning: "Fields that are not named are held to another schema." },
  "cannot-be-decided": {
    breaks: "always",
    meaning: "Two schemas differ in a way that is not understood: check by hand whether clients still fit.",
  },
} as const satisfies Record<string, CodeMeaning>;

type Aspect = (typeof aspects)[number];
type Effect = "narrowed" | "widened" | "changed";
type AspectCode = `${Aspect}-${Effect}`;

const subjects: Readonly<Record<Aspect, string>> = {
  type: "the types of a value",
  values: "the values that are allowed (`enum`, `const`)",
  range: "the range or steps of a number",
  length: "the length of a text",
  pattern: "the pattern of a text",
  format: "the format of a text",
  size: "the number of items or fields, or which items there must be",
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
