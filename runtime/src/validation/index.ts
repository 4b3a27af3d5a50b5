/** What generated validators call. Everything here works without dependencies, in browsers too. */
export { areUnique, isEqual } from "./equality.js";
export { isEmail, isHostname, isIpv4, isIpv6 } from "./format-host.js";
export { isJsonPointer, isRegex, isRelativeJsonPointer, isUuid } from "./format-text.js";
export { isDate, isDateTime, isDuration, isTime } from "./format-time.js";
export { isUri, isUriReference, isUriTemplate } from "./format-uri.js";
export {
  characterCount,
  hasProperty,
  isArray,
  isObject,
  type JsonKind,
  type JsonObject,
  kindOf,
  propertyCount,
  propertyOf,
} from "./json-value.js";
export type { KnownChoice, KnownFields } from "./known-fields.js";
export { isMultipleOf } from "./multiple.js";
export {
  addProblem,
  addProblems,
  isTooDeep,
  maxCalls,
  maxDepth,
  maxProblems,
  pointerToken,
  type ValidationProblem,
  type Validator,
} from "./problem.js";
