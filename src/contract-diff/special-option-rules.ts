import { moduleOptions } from "wsgen-runtime/options";
import {
  breakingChange,
  compatibleChange,
  createFixedRule,
  createLimitRule,
  createListRule,
  type OptionChange,
  type OptionRule,
  readNumber,
  type Settings,
  sameOrigin,
} from "./option-rules.js";

/** Commands per second: the option is that number, or a mapping with it. */
function readRate(settings: Settings): number {
  const rate = settings.field("commandRate", "perSecond");
  return typeof rate === "number" ? rate : readNumber("commandRate")(settings);
}

/** Without a burst, as many at once as in a second. */
function readBurst(settings: Settings): number {
  const burst = settings.field("commandRate", "burst");
  return typeof burst === "number" ? burst : Math.max(1, Math.ceil(readRate(settings)));
}

/**
 * Without a list, debug mode allows pages of any origin and product mode those of its own. A mode that is not set follows
 * NODE_ENV: it is that of production that counts.
 */
const readOrigins = (settings: Settings): readonly string[] =>
  settings.has("allowedOrigins")
    ? settings.texts("allowedOrigins")
    : [settings.value("mode") === "debug" ? "*" : sameOrigin];

/** Whether clients connect by `wss://`, and with a certificate. */
function diffTls(before: Settings, after: Settings): readonly OptionChange[] {
  if (before.has("tls") !== after.has("tls")) {
    const scheme = after.has("tls") ? "the scheme ws:// became wss://" : "the scheme wss:// became ws://";
    return breakingChange(`${scheme}: clients of the old address cannot connect`);
  }
  const [was, is] = [before.field("tls", "requestCert") === true, after.field("tls", "requestCert") === true];
  if (was === is) return [];
  return is
    ? breakingChange("a client certificate is requested: clients without one are refused")
    : compatibleChange("a client certificate is no longer requested");
}

/** The address that the server listens on. */
function diffHost(before: Settings, after: Settings): readonly OptionChange[] {
  const [was, is] = [before.value("host"), after.value("host")];
  if (was === is) return [];
  const fact = `the address was ${was ?? "any"} and is ${is ?? "any"}`;
  return is === undefined
    ? compatibleChange(fact)
    : breakingChange(`${fact}: clients of another address cannot connect`);
}

/** Whether replies come in the order of the messages. */
function diffOrder(before: Settings, after: Settings): readonly OptionChange[] {
  const [was, is] = [before, after].map(readNumber("commandConcurrency"));
  if ((was === 1) === (is === 1)) return [];
  return is === 1
    ? compatibleChange("commands are answered in the order received")
    : breakingChange("commands are answered in any order: clients that match replies by order fail");
}

/** How much clients see of unexpected errors. */
function diffMode(before: Settings, after: Settings): readonly OptionChange[] {
  const [was, is] = [before.value("mode"), after.value("mode")].map((mode) => mode ?? "that of NODE_ENV");
  if (was === is) return [];
  return compatibleChange(`the mode was ${was} and is ${is}: the text of unexpected errors changes`);
}

/** Whether clients get fields that the schemas do not name. */
function diffReplyFields(before: Settings, after: Settings): readonly OptionChange[] {
  const [was, is] = [before.value("replyFields"), after.value("replyFields")];
  if (was === is) return [];
  return is === "known"
    ? breakingChange("fields that the schemas do not name are no longer sent: clients that read them fail")
    : compatibleChange("fields that the schemas do not name are sent");
}

/** A rule for a part of an option. */
const forPart =
  (part: string, rule: OptionRule): OptionRule =>
  (before, after) =>
    rule(before, after).map((change) => ({ ...change, part }));

const envelopeRules = Object.entries(moduleOptions.envelope.value.fields).map(([name, field]) => {
  const read = (each: Settings) => each.field("envelope", name) ?? field.default;
  const consequence = "clients that write or read messages in the old way fail";
  return forPart(`envelope.${name}`, createFixedRule(consequence, read));
});

const rateRules = [
  createLimitRule("commandRate", "faster clients are answered `rate_limited`", readRate),
  forPart(
    "commandRate.burst",
    createLimitRule("commandRate.burst", "larger bursts are answered `rate_limited`", readBurst),
  ),
];

type Table = typeof moduleOptions;
type WithOwnRule = {
  [Name in keyof Table]: Table[Name] extends { readonly change: { readonly own: string } } ? Name : never;
}[keyof Table];

/** The rules of the module's options whose change is `own` in the table. */
export const ownRules: Readonly<Record<WithOwnRule, OptionRule>> = {
  mode: diffMode,
  commandConcurrency: diffOrder,
  commandRate: (before, after) => rateRules.flatMap((rule) => rule(before, after)),
  allowedOrigins: createListRule("origin", readOrigins),
  replyFields: diffReplyFields,
  envelope: (before, after) => envelopeRules.flatMap((rule) => rule(before, after)),
  tls: diffTls,
  host: diffHost,
};
