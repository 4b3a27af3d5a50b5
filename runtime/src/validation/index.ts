/** The functions that generated validators call. Without dependencies, also for browsers. */

export { isBytes } from "../conversion.js";
export {
  isDate,
  isDateTime,
  isDuration,
  isEmail,
  isHostname,
  isIpv4,
  isIpv6,
  isJsonPointer,
  isRegex,
  isRelativeJsonPointer,
  isTime,
  isUri,
  isUriReference,
  isUriTemplate,
  isUuid,
} from "./formats.js";
export {
  areUnique,
  characterCount,
  hasProperty,
  isArray,
  isEqual,
  isMultipleOf,
  isObject,
  type JsonKind,
  type JsonObject,
  kindOf,
  propertyCount,
  propertyOf,
} from "./json-value.js";
export {
  addProblem,
  addProblems,
  isTooDeep,
  type KnownChoice,
  type KnownFields,
  maxCalls,
  maxDepth,
  maxProblems,
  pointerToken,
  type ValidationProblem,
  type Validator,
} from "./problem.js";
export { refuseFields } from "./refuse-fields.js";
