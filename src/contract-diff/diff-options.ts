import type { CommandModel, ModuleModel } from "../model/model.js";
import { commandOptions, moduleOptions } from "../spec/option-table.js";
import type { ContractChange } from "./contract-change.js";
import { contractCodes } from "./contract-codes.js";
import {
  fixed,
  limit,
  members,
  numberOf,
  numberOrOff,
  type OptionChange,
  type OptionRule,
  sending,
} from "./option-rules.js";
import { Settings } from "./option-settings.js";
import {
  burstOf,
  hostRule,
  modeRule,
  orderRule,
  originsOf,
  rateOf,
  replyFieldsRule,
  tlsRule,
} from "./special-option-rules.js";

/** Options that clients of the WebSocket do not notice, or only as a connection that gets slower. */
export const unnoticedOptions: ReadonlySet<string> = new Set([
  ...["log", "logConsole", "logLevel", "logRedact", "pprof", "admin", "pingPeriod", "inboundQueue"],
  ...["compression", "trustProxy"],
  ...["logUpData", "logDownData"],
]);

const refused = "clients beyond it are refused";
const dropped = "slower clients are dropped";

const moduleRules: readonly OptionRule[] = [
  limit("maxMessageSize", "clients that send more are closed with 1009", numberOf("maxMessageSize")),
  limit("maxMessageBufferSize", dropped, numberOf("maxMessageBufferSize")),
  limit("writeWait", dropped, numberOf("writeWait")),
  limit("pongWait", dropped, numberOf("pongWait")),
  limit("handshakeTimeout", "slower handshakes are refused", numberOf("handshakeTimeout")),
  limit("executeTimeout", "longer commands are answered `timeout`", numberOrOff("executeTimeout")),
  limit("maxHeaderSize", "longer requests are answered 431", numberOf("maxHeaderSize")),
  limit("maxConnections", refused, numberOrOff("maxConnections")),
  limit("maxConnectionsPerAddress", refused, numberOrOff("maxConnectionsPerAddress")),
  limit("commandRate", "faster clients are answered `rate_limited`", rateOf),
  limit("commandRate.burst", "larger bursts are answered `rate_limited`", burstOf),
  limit("maxFragments", "messages in more fragments are closed with 1008", numberOf("maxFragments")),
  limit("maxJsonDepth", "deeper messages are invalid", numberOf("maxJsonDepth")),
  sending("storeConnection", "events that are pushed"),
  fixed("refusal", "clients are told of a refusal in another way", (each) => each.value("refusal")),
  fixed("slowConsumer", "clients that do not keep up are treated in another way", (each) =>
    each.value("slowConsumer"),
  ),
  replyFieldsRule,
  ...Object.entries({
    command: "command",
    correlation: "id",
    unknownCommand: "reply",
    invalidMessage: "reply",
    codec: "json",
  }).map(([name, fallback]) =>
    fixed(
      `envelope.${name}`,
      "clients that write or read messages in the old way fail",
      (each) => each.field("envelope", name) ?? fallback,
    ),
  ),
  members("subprotocols", "subprotocol", (each) => each.texts("subprotocols")),
  members("allowedOrigins", "origin", originsOf),
  tlsRule,
  hostRule,
  orderRule,
  modeRule,
];

const commandRules: readonly OptionRule[] = [
  sending("responseData", "the results"),
  sending("errorMessage", "the errors"),
];

export const diffModuleOptions = (before: ModuleModel, after: ModuleModel): readonly ContractChange[] => {
  const [old, present] = [moduleSettings(before), moduleSettings(after)];
  return moduleRules
    .flatMap((rule) => rule(old, present))
    .map((change) => contractChange(change, after.wireName, after));
};

/** A command and the module that it is in. */
export interface CommandInModule {
  readonly command: CommandModel;
  readonly module: ModuleModel;
}

export function diffCommandOptions(
  before: CommandInModule,
  after: CommandInModule,
): readonly ContractChange[] {
  const [old, present] = [commandSettings(before), commandSettings(after)];
  const where = `${after.module.wireName}.${after.command.wireName}`;
  const hasOwn = old.has("executeTimeout") || present.has("executeTimeout");
  const timeout = limit("executeTimeout", "a longer run is answered `timeout`", (each) => {
    const { module } = each === old ? before : after;
    return numberOrOff("executeTimeout")(each.has("executeTimeout") ? each : moduleSettings(module));
  });
  return [...commandRules, ...(hasOwn ? [timeout] : [])]
    .flatMap((rule) => rule(old, present))
    .map((change) => contractChange(change, where, after.command));
}

/** The options of a module, as its spec sets them. */
export const moduleSettings = ({ config }: ModuleModel): Settings => new Settings(config, moduleOptions);
const commandSettings = ({ command }: CommandInModule): Settings =>
  new Settings(command.config, commandOptions);

const contractChange = (
  { code, option, message }: OptionChange,
  owner: string,
  { at }: Pick<ModuleModel, "at">,
): ContractChange => ({
  breaking: contractCodes.get(code)?.breaks === "always",
  code,
  where: `${owner} config ${option}`,
  message,
  at,
});
