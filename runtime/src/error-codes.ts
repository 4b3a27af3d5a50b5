// Every code that a user of the runtime can see, with its cause and its fix: data, which wsgen reads too. `wsgen explain` prints
// it, and docs/diagnostics.md is generated from it.

/** Codes with the cause and the fix of each, as Markdown on one line. */
export type CodeTable = Readonly<Record<string, readonly [cause: string, fix: string]>>;

const startErrorCodes = {
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
} as const satisfies CodeTable;

export type StartErrorCode = keyof typeof startErrorCodes;

const usageErrorCodes = {
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
} as const satisfies CodeTable;

export type UsageErrorCode = keyof typeof usageErrorCodes;

/** The codes of errors that a client receives: `ErrorCode` of wire.ts. */
const answerCodes = {
  invalid_message: [
    "The message is not JSON, is not an object, has no string `command`, is nested deeper than `maxJsonDepth`, or contains a number that JavaScript cannot represent.",
    "Send a message of [protocol.md](protocol.md#messages-of-the-client). If the module has another envelope, the client needs the same one.",
  ],
  unknown_command: [
    "No command of the module has this name.",
    "Correct the name: upper and lower case differ. Check that the path is that of the right module. `wsgen list` shows all commands.",
  ],
  invalid_request: [
    "The fields of a message, or the values of a handshake, do not match their schema.",
    "Correct the fields that `details` lists, or change the schema in the spec. A command without `request:` takes no fields.",
  ],
  failed: [
    "The command threw an error that is not a `WebsocketError`, or its reply does not match its schema.",
    "Read the error in the log of the server. In product mode, `details.reference` is in its line. Throw a declared error if clients should see the reason.",
  ],
  timeout: [
    "The command took longer than `executeTimeout`, or a plain HTTP request longer than `handshakeTimeout`.",
    "Make it faster, end it when `ctx.signal` is aborted, or increase the option.",
  ],
  rate_limited: [
    "The client sent more messages than `commandRate` allows.",
    "Send fewer messages, or increase `commandRate` of the module.",
  ],
  too_busy: [
    "The handshake was refused, because `maxConnections` or `maxConnectionsPerAddress` is reached.",
    "Try again after the time in `Retry-After`, or increase the option. Behind a proxy, set `trustProxy`: without it, all clients have the proxy's address.",
  ],
  not_implemented: [
    "The command, or a guard in front of it, is still the stub that wsgen generated.",
    "Write the method `execute` of the command, or the function of the guard. `npm test` lists what is not written.",
  ],
  access_denied: [
    "A guard refused the message.",
    "Meet the condition of the guard, such as a login. To give clients the reason, return a declared error from the guard.",
  ],
  handshake_failed: [
    "The handshake was refused: the request is not valid, or `connect` or a middleware failed or took too long.",
    "Look for a line `refused` in the log of the server. `decidedBy` is the option or the rule, and `found` is the value.",
  ],
  origin_not_allowed: [
    "A page of another origin tried to connect, and `allowedOrigins` does not allow it.",
    "Add the origin of the page to `allowedOrigins`. Behind a proxy that changes `Host`, also set `trustProxy`.",
  ],
} as const satisfies CodeTable;

/** The codes of a module with the JSON-RPC envelope: https://www.jsonrpc.org/specification#error_object */
const jsonRpcCodes: CodeTable = {
  "-32700": ["The message is not JSON: `invalid_message`.", "Send one JSON text in each frame."],
  "-32600": [
    "The message is JSON, but not a request of JSON-RPC 2.0: `invalid_message`.",
    'Send an object with `"jsonrpc":"2.0"` and a string `method`.',
  ],
  "-32601": [
    "No command has the name in `method`: `unknown_command`.",
    "Correct the name; `wsgen list` shows all commands.",
  ],
  "-32602": [
    "`params` does not match the schema of the command: `invalid_request`.",
    "Correct the fields that `error.data` lists, or change the schema in the spec.",
  ],
  "-32603": ["The command threw an unexpected error: `failed`.", "Read the error in the log of the server."],
  "-32000": [
    "Any other error. Its own code is `error.data.code`.",
    "Look up that code, or read the errors of the module in its spec.",
  ],
};

/** The HTTP statuses of refused handshakes, in a client of `ws`: "Unexpected server response: 403". */
const statusCodes = {
  400: [
    "The request is not a valid handshake, its path is not valid percent-encoding, or its values do not match `handshake:` of the spec.",
    "Read `details` in the body of the answer, and the line `refused` in the log of the server.",
  ],
  403: [
    "The origin is not allowed, or `connect` refused the client with a `WebsocketError` without a `status`.",
    "Read `error.code` in the body: `origin_not_allowed`, or a code of the module.",
  ],
  404: [
    "No route of the port matches the path.",
    "Use `/<flag>/<url>`, such as `/chat/ws`: `wsgen list` shows all routes. Check the port, and whether a proxy changes the path.",
  ],
  405: ["A handshake is a `GET`, and this one is not.", "Connect with a WebSocket client."],
  408: [
    "The request arrived too slowly: its head took longer than `handshakeTimeout`.",
    "Check the network and proxies in front of the server, or increase `handshakeTimeout`.",
  ],
  413: [
    "The chunk extensions of a request have more than 16 KiB, a limit of Node.",
    "Send the body without chunk extensions.",
  ],
  426: [
    "A plain HTTP request for a route that only serves WebSockets (`upgrade_required`), or a version of the protocol other than 13.",
    "Connect with a WebSocket client, to `ws://` or `wss://`. A proxy must pass on the headers `Upgrade` and `Connection`.",
  ],
  429: [
    "`maxConnectionsPerAddress` is reached.",
    "Close connections, or increase the option. Behind a proxy, set `trustProxy`: without it, all clients have the proxy's address.",
  ],
  431: [
    "The head of the request is larger than `maxHeaderSize`.",
    "Send fewer or smaller cookies, or increase `maxHeaderSize`.",
  ],
  500: ["`connect` or a middleware threw an unexpected error.", "Read the error in the log of the server."],
  503: [
    "The server is shutting down, `maxConnections` is reached, or there was no answer after `handshakeTimeout`.",
    "Try again later. If `connect` takes long, make it faster or increase `handshakeTimeout`.",
  ],
} as const satisfies CodeTable;

/** The close codes that the runtime sends or reports. */
const closeCodes: CodeTable = {
  1000: [
    "The connection has done its work: one side called `close()`.",
    "None is needed. A generated client does not come back.",
  ],
  1001: [
    "The server is shutting down, or the user left the page.",
    "None is needed. A generated client comes back.",
  ],
  1002: [
    "A frame of the client breaks RFC 6455, such as a frame without a mask.",
    "Use a WebSocket library on the client. A proxy between client and server may change bytes.",
  ],
  1003: [
    "The kind of data is not accepted. The runtime sends this code only if the spec or your code names it.",
    "Send the kind of frame that the module expects: text for JSON, binary for MessagePack.",
  ],
  1005: [
    "The close frame had no code. This code is never sent.",
    "None is needed. Pass a code to `close()` if the other side needs a reason.",
  ],
  1006: [
    "The connection ended without a close frame: the network was lost, a process or a proxy ended, the client did not answer a ping in `pongWait`, or it took no byte in `writeWait`. This code is never sent.",
    "The log of the server has the reason if the server dropped the connection. If connections end after a fixed time without messages, a proxy closes them: set `pingPeriod` below its timeout.",
  ],
  1007: ["A text frame is not UTF-8.", "Send text as UTF-8, and bytes in binary frames."],
  1008: [
    "A rule of the server is broken: the origin, the values of the handshake, `maxFragments`, the rate of a raw module, or a refusal by `connect`.",
    "Read the close reason, the message before it, and the line `refused` in the log of the server. A generated client does not come back.",
  ],
  1009: [
    "A message is larger than `maxMessageSize`, by default 4,096 bytes.",
    "Send less, or increase `maxMessageSize` of the module.",
  ],
  1011: [
    "Something unexpected failed in the server: `connect`, a raw handler, or writing a reply.",
    "Read the error in the log of the server. A generated client comes back.",
  ],
  1013: [
    "There are too many connections, `connect` took too long, or the client reads too slowly: more than `maxMessageBufferSize` bytes waited for it.",
    "For slow clients, send less, increase `maxMessageBufferSize`, or let `slowConsumer` drop events. A generated client comes back.",
  ],
  "3000-4999": [
    "The application has defined this code: `closeCode:` of an error in the spec, or a call of `close()`.",
    "Search the spec and the code of the server for the number. A generated client does not come back after 4400 to 4499.",
  ],
};

/** The codes of `ClientError`. */
const clientErrorCodes: CodeTable = {
  timed_out: [
    "No reply, event or connection came in time.",
    "Check that the server runs and that the command ends, or pass a larger `timeoutMs`.",
  ],
  aborted: [
    "The signal that the caller passed was aborted.",
    "None is needed: the code that aborted it is the `cause`.",
  ],
  closed: [
    "`close()` was called, or the client stopped, because the server wants no further attempt.",
    "Read `cause`: it has the server's error. Create a new client to connect again.",
  ],
  queue_full: [
    "`maxQueued` requests already wait for a connection.",
    "Make fewer requests while the client is offline, or increase `maxQueued`.",
  ],
  connection_lost: [
    "The connection ended between the request and its reply. The server may have executed it.",
    "Ask the server for the state. Pass `isIdempotent: true` for requests that may be executed twice: they are sent again.",
  ],
  bad_reply: [
    "A reply has neither `data` nor an error with a code, or text that is not base64 in place of bytes.",
    "Generate the client again from the server's spec. A client without a generator needs the `envelope` of the module.",
  ],
  buffer_full: [
    'An iteration over events with `overflow: "fail"` was too slow.',
    "Do less in each turn of the loop, increase `maxBuffered`, or choose another `overflow`.",
  ],
};

/** The values of `reason` in the lines "refused" of the log. */
const refusalReasons: CodeTable = {
  origin_not_allowed: answerCodes.origin_not_allowed,
  handshake_invalid: [
    "A path parameter, the query, a header or a cookie does not match `handshake:` of the spec.",
    "Correct what `found` shows in the client, or change the schema.",
  ],
  handshake_failed: [
    "A handshake was answered with the status in `found`, by the rule, the option or the middleware in `decidedBy`.",
    "Look up the status, such as `wsgen explain 404`.",
  ],
  connect_refused: [
    "`connect` refused the client with a `WebsocketError`; `found` has its code and message.",
    "None is needed, unless the client should have been let in: then look at `connect` of the module.",
  ],
  connect_too_slow: [
    "`connect` took longer than `handshakeTimeout`.",
    "Do slow work after `connect`, or increase `handshakeTimeout`.",
  ],
  too_many_connections: [
    "`maxConnections` of the module is reached.",
    "Increase the option, or add processes.",
  ],
  too_many_connections_of_address: [
    "`maxConnectionsPerAddress` of the module is reached.",
    "Increase the option. Behind a proxy, set `trustProxy`: without it, all clients have the proxy's address.",
  ],
  too_many_commands: [
    "A client sent more messages than `commandRate` allows.",
    "Increase `commandRate`, if the client is a good one.",
  ],
  message_too_big: [
    "A client sent a message that is larger than `maxMessageSize`. The connection was closed with 1009.",
    "Increase `maxMessageSize`, if the client is a good one.",
  ],
  protocol_error: [
    "A client broke RFC 6455 or sent a message in more than `maxFragments` fragments; `found` has the mistake.",
    "Use a WebSocket library on the client. A proxy between client and server may change bytes.",
  ],
  head_too_large: [
    "The head of a request is larger than `maxHeaderSize`.",
    "Increase the option, if the client is a good one.",
  ],
  chunk_extensions_too_large: statusCodes[413],
  request_too_slow: [
    "A request took too long to arrive: its head more than `handshakeTimeout`, a request with a body six times as long.",
    "Increase `handshakeTimeout`, if the client is a good one with a slow network.",
  ],
  answer_too_slow: [
    "An HTTP route or a middleware did not answer within `handshakeTimeout`; the client got 503.",
    "Make it faster, or increase `handshakeTimeout`.",
  ],
  bad_request: [
    "A request is not valid HTTP, or its target is not a valid URL.",
    "Check that the client speaks HTTP to this port, and not TLS or another protocol.",
  ],
  tls_failed: [
    "A client did not complete the TLS handshake: it speaks another protocol, does not trust the certificate, or has none of its own.",
    "Check that the client uses `wss://`, that it trusts the certificate, and that it sends one if `requestCert` is set.",
  ],
  admin_token: [
    "A request to the admin API had no valid token.",
    "Send one of its tokens: `Authorization: Bearer <token>`. Many such lines may be an attack.",
  ],
};

/** The codes of the admin and push API. */
const adminErrorCodes: CodeTable = {
  invalid_request: [
    "The path, the query or the body is not valid; the message names the field.",
    "Correct it. `GET /openapi.json` describes all requests.",
  ],
  unauthorized: [
    "The request has no token, or an unknown one.",
    "Send `Authorization: Bearer <token>` with the token of `tokenEnv` or `tokens`.",
  ],
  forbidden: [
    "The token does not have the right that the message names.",
    "Use a token with this right, or add it to `rights`.",
  ],
  other_origin: [
    "A page of another origin sent the request.",
    "Use the page of the inspector, or a program that is not a page.",
  ],
  not_found: [
    "The API has no such path, or the page of `wsgen docs` was not written.",
    "`GET /openapi.json` lists all paths. For the page, run `wsgen docs` in the folder where the server starts.",
  ],
  unknown_module: ["No module of the process has this flag.", "Use a flag that the message names."],
  unknown_connection: [
    "No connection has this id: it has ended, or belongs to another process.",
    "`GET /connections` lists those that are open.",
  ],
  no_cluster: [
    "The module, or the process, is not in a cluster.",
    "Use `/connections`, or set the option `cluster` of the module.",
  ],
  cluster_unavailable: [
    "The engine of the cluster cannot be reached.",
    "Try again after a second. `/connections` has the connections of this process.",
  ],
  method_not_allowed: ["The path does not take this method.", "Use a method that the message names."],
  misdirected_request: [
    "The API listens on a loopback address, and the header `Host` names another host: a page may have been tricked into calling it.",
    "Use 127.0.0.1, [::1] or localhost in the URL.",
  ],
  already_draining: ["The server is already shutting down.", "`GET /drain` shows how far it is."],
  log_level_fixed: [
    "The level cannot be changed here: the log is off, or goes to a logger of your own.",
    "Switch the log on, or change the level of your logger.",
  ],
  too_many_names: usageErrorCodes.too_many_names,
  request_in_progress: [
    "The first request with this `Idempotency-Key` is not finished.",
    "Send it again after a second.",
  ],
  idempotency_key_reused: [
    "This `Idempotency-Key` was used for a request with other content.",
    "Use a new key for each action.",
  ],
  body_too_large: ["The body is larger than the API accepts.", "Send less, such as several pushes."],
  unsupported_media_type: ["The body is not JSON.", "Send JSON, with `Content-Type: application/json`."],
  broken_off: ["The client ended the request before its body was complete.", "Send it again."],
  too_many_failures: [
    "Too many requests without a valid token came from this address.",
    "Wait as long as `Retry-After` says. A valid token is always accepted.",
  ],
  too_many_readers: ["Too many inspectors look at this server.", "Close one."],
  failed: ["An unexpected error of the API.", "Read the error in the log of the server."],
};

/** The codes of errors of `redisCluster`, in the log and in metrics. */
const redisErrorCodes: CodeTable = {
  redis_unreachable: [
    "Redis cannot be reached. The process goes on with its own clients and tries again.",
    "Start Redis, or correct its address. [scaling.md](scaling.md) describes what works without it.",
  ],
  redis_timeout: ["Redis did not answer in time.", "Look at the load of Redis and at the network to it."],
  redis_failed: [
    "Redis refused a command; the message has its answer.",
    "Correct what Redis reports, such as a missing right of the user or a full memory.",
  ],
};

/** Codes of one kind: where a user sees them, and the table. */
export interface CodeSection {
  readonly title: string;
  /** Markdown, one paragraph on one line. */
  readonly about: string;
  readonly codes: CodeTable;
}

export const runtimeCodes: readonly CodeSection[] = [
  {
    title: "A server that does not start",
    about:
      "`newWebsocketServe` rejects with a `StartError`, or with a `ConfigurationError` for an option. The message names the module and the reason, and `code` is one of these. Nothing stays listening.",
    codes: startErrorCodes,
  },
  {
    title: "A wrong call",
    about:
      "Your code has called the runtime, or has answered it, in a way that is not allowed. The error is a `RangeError` or a `TypeError`, and `code` is one of these. In a command, the client gets `failed` and the log has the error.",
    codes: usageErrorCodes,
  },
  {
    title: "Errors that a client receives",
    about:
      "The `code` of an error reply, or of a refused handshake. Other codes are errors of the module: its spec declares them, or its code creates them with `WebsocketError`. [protocol.md](protocol.md#error-codes) shows the messages.",
    codes: answerCodes,
  },
  {
    title: "Errors in JSON-RPC",
    about: "A module with the JSON-RPC envelope answers with these numbers as `error.code`.",
    codes: jsonRpcCodes,
  },
  {
    title: "Refused handshakes",
    about:
      "The HTTP status that a client gets in place of a connection. `ws` reports `Unexpected server response: 403`. A browser hides the status from the page, but its developer tools show it. A `WebsocketError` with a `status` of its own can have any from 400 to 599. [protocol.md](protocol.md#the-handshake) has all steps.",
    codes: statusCodes,
  },
  {
    title: "Close codes",
    about:
      "A connection has ended: `close()` of the module, `onState` of a generated client and the event `close` of a browser get this code. [protocol.md](protocol.md#close-codes) shows which side sends it.",
    codes: closeCodes,
  },
  {
    title: "Errors of the client",
    about:
      "The `code` of a `ClientError`, with which a request of a generated client is rejected. See [client.md](client.md#requests).",
    codes: clientErrorCodes,
  },
  {
    title: "Refusals in the log",
    about:
      "The log of the server has a line `refused` with one of these as `reason`. `decidedBy` is the option or the rule that decided, and `found` is the value. There is at most one line a second for each reason.",
    codes: refusalReasons,
  },
  {
    title: "Errors of the admin and push API",
    about: "The `code` in an answer of the [admin API](runtime.md#admin-and-push-api).",
    codes: adminErrorCodes,
  },
  {
    title: "Errors of a cluster",
    about:
      "The `code` of an error of `redisCluster`, in the log of the server. See [scaling.md](scaling.md).",
    codes: redisErrorCodes,
  },
];

/** Adds the code to an error for a wrong call. */
export const withCode = <Thrown extends RangeError | TypeError>(
  code: UsageErrorCode,
  error: Thrown,
): Thrown & { readonly code: UsageErrorCode } => Object.assign(error, { code });
