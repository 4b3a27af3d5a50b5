import { moduleOptions } from "wsgen-runtime/options";
import {
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
  const option = "tls";
  if (before.has("tls") !== after.has("tls")) {
    const scheme = after.has("tls") ? "the scheme ws:// became wss://" : "the scheme wss:// became ws://";
    return [
      { code: "option-changed", option, message: `${scheme}: clients of the old address cannot connect` },
    ];
  }
  const [was, is] = [before.field("tls", "requestCert") === true, after.field("tls", "requestCert") === true];
  if (was === is) return [];
  return is
    ? [
        {
          code: "option-changed",
          option,
          message: "a client certificate is requested: clients without one are refused",
        },
      ]
    : [{ code: "option-adjusted", option, message: "a client certificate is no longer requested" }];
}

/** The address that the server listens on. */
function diffHost(before: Settings, after: Settings): readonly OptionChange[] {
  const [was, is] = [before.value("host"), after.value("host")];
  if (was === is) return [];
  const fact = `the address was ${was ?? "any"} and is ${is ?? "any"}`;
  return is === undefined
    ? [{ code: "option-adjusted", option: "host", message: fact }]
    : [
        {
          code: "option-changed",
          option: "host",
          message: `${fact}: clients of another address cannot connect`,
        },
      ];
}

/** Whether replies come in the order of the messages. */
function diffOrder(before: Settings, after: Settings): readonly OptionChange[] {
  const option = "commandConcurrency";
  const [was, is] = [readNumber(option)(before), readNumber(option)(after)];
  if ((was === 1) === (is === 1)) return [];
  return is === 1
    ? [{ code: "option-adjusted", option, message: "commands are answered in the order received" }]
    : [
        {
          code: "option-changed",
          option,
          message: "commands are answered in any order: clients that match replies by order fail",
        },
      ];
}

/** How much clients see of unexpected errors. */
function diffMode(before: Settings, after: Settings): readonly OptionChange[] {
  const [was, is] = [before.value("mode"), after.value("mode")].map((mode) => mode ?? "that of NODE_ENV");
  if (was === is) return [];
  const message = `the mode was ${was} and is ${is}: the text of unexpected errors changes`;
  return [{ code: "option-adjusted", option: "mode", message }];
}

/** Whether clients get fields that the schemas do not name. */
function diffReplyFields(before: Settings, after: Settings): readonly OptionChange[] {
  const option = "replyFields";
  const [was, is] = [before.value(option), after.value(option)];
  if (was === is) return [];
  return is === "known"
    ? [
        {
          code: "option-changed",
          option,
          message: "fields that the schemas do not name are no longer sent: clients that read them fail",
        },
      ]
    : [{ code: "option-adjusted", option, message: "fields that the schemas do not name are sent" }];
}

const envelopeRules = Object.entries(moduleOptions.envelope.value.fields).map(([name, field]) =>
  createFixedRule(
    `envelope.${name}`,
    "clients that write or read messages in the old way fail",
    (each) => each.field("envelope", name) ?? field.default,
  ),
);

const rateRules = [
  createLimitRule("commandRate", "faster clients are answered `rate_limited`", readRate),
  createLimitRule("commandRate.burst", "larger bursts are answered `rate_limited`", readBurst),
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
  allowedOrigins: createListRule("allowedOrigins", "origin", readOrigins),
  replyFields: diffReplyFields,
  envelope: (before, after) => envelopeRules.flatMap((rule) => rule(before, after)),
  tls: diffTls,
  host: diffHost,
};
