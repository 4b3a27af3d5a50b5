const words = (text: string): readonly string[] => text.split(" ");

/**
 * Words that a spec must not use as names: those of ECMA-262 §12.7.2, members that every object inherits, and `then`,
 * which would make an object awaitable.
 */
export const reservedWords: ReadonlySet<string> = new Set([
  ...words("arguments as async await break case catch class const continue debugger default delete do else"),
  ...words(
    "enum eval export extends false finally for function if implements import in instanceof interface",
  ),
  ...words("let new null package private protected public return static super switch this throw true try"),
  ...words("typeof undefined var void while with yield constructor prototype hasOwnProperty isPrototypeOf"),
  ...words("propertyIsEnumerable then toLocaleString toString valueOf toJSON __proto__ __defineGetter__"),
  ...words("__defineSetter__ __lookupGetter__ __lookupSetter__"),
]);

/** Error codes that the runtime sends, as it lists them. A spec must not declare errors with these codes. */
export const runtimeErrorCodes: ReadonlySet<string> = new Set([
  ...words("invalid_message unknown_command invalid_request failed timeout rate_limited too_busy"),
  ...words("not_implemented access_denied handshake_failed origin_not_allowed"),
]);

/** File names that Windows reserves for devices, with any extension. */
export const deviceNames: ReadonlySet<string> = new Set([
  ...["con", "prn", "aux", "nul", "conin$", "conout$"],
  ...Array.from({ length: 10 }, (_, number) => [`com${number}`, `lpt${number}`]).flat(),
]);

/** Types and classes that generated files use by these names: those of TypeScript, Node and the runtime. */
export const usedTypes: ReadonlySet<string> = new Set([
  ...words("Array ArrayBuffer BigInt Boolean Buffer Date Error Event Exclude Extract Function JSON Map Math"),
  ...words("NonNullable Number Object Omit Partial Pick Promise Proxy Readonly ReadonlyArray ReadonlyMap"),
  ...words("ReadonlySet Record Reflect RegExp Required Set String Symbol URL URLSearchParams Uint8Array"),
  ...words(
    "WebSocket AbortSignal Audience Awaitable CommandContext ConnectContext ContextTypes GuardedContext ICommand IWebsocket KnownFields Logger",
  ),
  ...words(
    "ModulePush NotImplementedError OptionTarget PresenceRules PushResult Room RoomMember SendOptions ServerModules ServerSource SetCommandConfig",
  ),
  ...words("SetWSServerConfig ValidationProblem WSContext"),
]);

/** Runtime functions that generated files import, and that could collide with names derived from a module's name. */
export const usedFunctions: ReadonlySet<string> = new Set([
  ...words(
    "bindCommands bindConnections bindErrors bindEvents convertBytes createClient createEnvelope createResume setEvents setPresence",
  ),
]);

/**
 * Members of every client. A command with such a name needs another name for its method. A method `then` would make the client
 * awaitable, so that a promise could not resolve to it.
 */
export const clientMembers: ReadonlySet<string> = new Set([
  ...words("close events on once onState request retryNow state constructor hasOwnProperty isPrototypeOf"),
  ...words("propertyIsEnumerable then toLocaleString toString valueOf toJSON"),
]);
