import type { Validator } from "../validation/problem.js";
import { flag, secondsOrOff } from "./checks.js";
import type { CommandConfig } from "./module-types.js";
import { knownFields, validator } from "./option-checks.js";
import type { OptionRule, OptionRules } from "./option-rule.js";

const switchedOff = (setter: string, name: keyof CommandConfig, effect: string): OptionRule<boolean> => ({
  setter,
  yaml: `\`${name}: true | false\``,
  defaultValue: true,
  check: flag,
  scope: "command",
  effect,
});

const validation = (setter: string, effect: string): OptionRule<Validator | undefined> => ({
  setter,
  yaml: undefined,
  defaultValue: undefined,
  defaultText: "no check",
  check: validator,
  scope: "command",
  effect,
});

/** The one table of the options of a command: their checks, their defaults and their documentation. */
export const commandRules: OptionRules<CommandConfig> = {
  errorMessage: switchedOff(
    "closePushCommandErrorMessage()",
    "errorMessage",
    "Sends the command's errors to the client.",
  ),
  logUpData: switchedOff(
    "closeLogUpData()",
    "logUpData",
    "Logs the command's inbound data when the module logs.",
  ),
  logDownData: switchedOff(
    "closeLogDownData()",
    "logDownData",
    "Logs the command's outbound data when the module logs.",
  ),
  responseData: switchedOff(
    "closeResponseData()",
    "responseData",
    "Sends the command's result to the client.",
  ),
  executeTimeout: {
    setter: "setCommandTimeout(seconds)",
    yaml: "`executeTimeout: duration`",
    defaultValue: 0,
    defaultText: "the module's",
    unit: "seconds",
    check: secondsOrOff(86_400),
    scope: "command",
    effect: "How long the command may run; 0 is no limit.",
  },
  requestCheck: validation(
    "setRequestCheck(validator)",
    "Checks every request; one that does not fit is answered `invalid_request`.",
  ),
  replyCheck: validation(
    "setReplyCheck(validator)",
    "Checks every reply in debug mode; one that does not fit is logged and answered `failed`.",
  ),
  knownFields: {
    setter: "setKnownFields(fields)",
    yaml: undefined,
    defaultValue: undefined,
    defaultText: "none",
    check: knownFields,
    scope: "command",
    effect: "What the module's `replyFields: known` leaves in the replies of the command.",
  },
};
