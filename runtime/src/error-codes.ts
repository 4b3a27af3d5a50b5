/** The reasons why a server does not start, and the fixes. `docs/diagnostics.md` is generated from this table. */
export const startErrorCodes = {
  no_modules: ["`newWebsocketServe` has no module.", "Pass at least one module."],
  invalid_module: [
    "An argument of `newWebsocketServe` is not a module.",
    "Pass an instance of a class that implements all methods of `IWebsocket`.",
  ],
  invalid_flag: ["A module's flag is not one path segment.", "Return another one from `getModuleFlag()`."],
  duplicate_flag: [
    "Two modules have the same flag.",
    "Return another one from `getModuleFlag()` of one of them.",
  ],
  invalid_port: [
    "A module's port is not valid.",
    "Return 0 to 65535 from `getServerPort()`; 0 is any free port.",
  ],
  invalid_route: [
    "A module has no route, or one that is not valid.",
    "Correct what `handshakeURL()` returns.",
  ],
  route_conflict: [
    "Two routes of a module cannot both be served.",
    "Change one of the routes that the message names.",
  ],
  invalid_command: [
    "A command has no name or no method, or `getCommandList()` returned no list.",
    "Return a list of `ICommand` objects, each with a name that is not empty.",
  ],
  duplicate_command: ["Two commands of a module have the same name.", "Rename or remove one of them."],
  port_conflict: [
    "Modules that share a port or the admin API set one of its options differently.",
    "Set the option that the message names to the same value, or give the modules different ports.",
  ],
  path_conflict: [
    "Two modules on the same port have the same path, or the routes of one are below the path of the other.",
    "Give one of them another flag, another `setBasePath`, or another port.",
  ],
  listen_failed: [
    "The server cannot listen on a port.",
    "Free the port or choose another. Ports below 1024 need a permission. The system's error is the `cause`.",
  ],
  invalid_option: [
    "An option is unknown or not allowed here, or its value is not allowed.",
    "Set it as the message says. [options.md](options.md) lists all options.",
  ],
  invalid_certificate: [
    "A file of `setTls` cannot be read or used.",
    "Check the path, the permissions, and that certificate and key belong together.",
  ],
  cluster_unreachable: [
    "The engine of `setCluster` cannot be reached when the server starts.",
    "Start the engine, or correct its address. The engine's error is the `cause`.",
  ],
  missing_package: [
    "An option, such as a codec or a cluster, needs a package that is not installed.",
    "Install the package that the message names.",
  ],
} as const satisfies Readonly<Record<string, readonly [meaning: string, solution: string]>>;

export type StartErrorCode = keyof typeof startErrorCodes;

/** The codes of errors for wrong calls, and the fixes. `docs/diagnostics.md` is generated from this table. */
export const usageErrorCodes = {
  invalid_status: [
    "A `WebsocketError` has a status that a refusal cannot have.",
    "Use 400 to 599, or leave it out for 403.",
  ],
  invalid_close_code: [
    "A close code is one that the server must not send here.",
    "Use a code that the message allows; [protocol.md](protocol.md) lists what each means.",
  ],
  unknown_module: [
    "No module of the server has this flag.",
    "Pass the module to `newWebsocketServe`, or use a flag that the message names.",
  ],
  not_started: [
    "A push to another module began at a module that no server has started.",
    "Wait for `newWebsocketServe`, and use the instance that you passed to it.",
  ],
  invalid_name: [
    "The name of a room or a tag is not a string.",
    "Pass a string. Check names that come from clients.",
  ],
  name_too_long: [
    "The name of a room or a tag has more than 256 characters.",
    "Use a shorter name. Check names that come from clients.",
  ],
  too_many_names: [
    "A connection has 1,024 rooms and tags, the maximum.",
    "Call `leave` or `untag` first, or limit what a client may join.",
  ],
  replayed_to_all: [
    "An event with `replay` was sent with `except()`. A replay does not know which connections were excluded.",
    "Send it without `except()`, or send an event without `replay`.",
  ],
  not_serializable: [
    "The value cannot be written as JSON: for example a function, undefined, or an `ArrayBuffer` in place of bytes.",
    "Send a value that JSON can represent, and bytes as a `Uint8Array`.",
  ],
  not_synchronous: [
    "A function of yours that must return its value at once returned a promise.",
    "Make the function that the message names synchronous.",
  ],
  invalid_payload: [
    "A function of your codec returned neither a string nor bytes.",
    "Return a string for a text frame, or a `Buffer` for a binary frame.",
  ],
  invalid_answer: [
    "A guard returned anything else than true, false, an object or an error. The message was refused.",
    "Return true or an object to let the message in, false or an error to refuse it.",
  ],
  history_gap: [
    "`history()` of your replay store returned fewer events than its offsets say.",
    "Return the events up to `newest` without a gap.",
  ],
  no_websocket: [
    "`createClient` found no WebSocket class. Node 20 has none.",
    "Pass one: `createClient(url, { WebSocket })` with `WebSocket` from the package `ws`.",
  ],
  no_route: [
    "A client was created with `params` that are not those of a route, or that no path can contain.",
    "Pass the parameters of one route. A parameter is not empty, `.` or `..`.",
  ],
} as const satisfies Readonly<Record<string, readonly [meaning: string, solution: string]>>;

export type UsageErrorCode = keyof typeof usageErrorCodes;

/** Adds the code to an error for a wrong call. */
export const withCode = <Thrown extends RangeError | TypeError>(
  code: UsageErrorCode,
  error: Thrown,
): Thrown & { readonly code: UsageErrorCode } => Object.assign(error, { code });
