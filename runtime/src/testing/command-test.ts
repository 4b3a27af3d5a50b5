import assert from "node:assert/strict";
import { setLogLevel } from "../config/module-options.js";
import type { AnyModule } from "../contract.js";
import { type Conversion, isBytes } from "../conversion.js";
import { ErrorCode } from "../errors.js";
import { convertInbound } from "../protocol/convert-message.js";
import { isArray, isObject, propertyOf } from "../validation/json-value.js";
import type { Validator } from "../validation/problem.js";
import { ReplyError } from "../wire.js";
import { type ConnectOptions, connectClient, HandshakeRefused, type TestClient } from "./client.js";
import { fillMasks } from "./masks.js";
import { startModules } from "./start-modules.js";

/** The setup of a module's generated tests, from a file of the user's. */
export interface TestSetup {
  /** Creates the modules for every test: the tested one and those that it needs. */
  readonly modules: () => readonly AnyModule[];
  /** The path to connect to, with a query if `connect` needs one: `/chat/ws?name=ann`. */
  readonly path: string;
  /** Options for connecting: headers, subprotocols. */
  readonly options?: ConnectOptions | undefined;
  /** Runs before the command, for example to log in. */
  readonly prepare?: ((client: TestClient) => Promise<void>) | undefined;
}

/** A tested command. */
export interface CommandTest {
  readonly command: string;
  /** The file of the command, for the message. */
  readonly file: string;
  readonly request: object;
}

/**
 * Asserts that the command answers exactly this. Masks (`{ $any: "uuid" }`) match values that differ between runs. Bytes are
 * expected as base64, also with MessagePack.
 */
export async function expectReply(
  setup: TestSetup,
  { reply: expected, ...test }: CommandTest & { readonly reply: unknown },
): Promise<void> {
  const outcome = await run(setup, test);
  if (outcome.error !== undefined) throw explain(outcome.error, test);
  const reply = toText(outcome.reply);
  assert.deepEqual(reply, fillMasks(expected, reply));
}

/**
 * Asserts that the command accepts the request. The reply matches its schema, or the command refuses the sample data with
 * an error of its own.
 */
export async function expectAnswer(
  setup: TestSetup,
  {
    check,
    conversion = [],
    ...test
  }: CommandTest & { readonly check?: Validator; readonly conversion?: Conversion },
): Promise<void> {
  const { reply, error } = await run(setup, test);
  if (error !== undefined && defects.has(error.code)) throw explain(error, test);
  if (error === undefined)
    assert.deepEqual(
      check?.(convertInbound(reply, conversion)) ?? [],
      [],
      `The reply of ${test.command} does not fit.`,
    );
}

/** Asserts that the command answers with this error. Without `details`, any details pass. Masks match as in `expectReply`. */
export async function expectError(
  setup: TestSetup,
  {
    error: expected,
    ...test
  }: CommandTest & { readonly error: { readonly code: string; readonly details?: unknown } },
): Promise<void> {
  const { reply, error } = await run(setup, test);
  if (error === undefined) {
    const answer = `${title(test)} answered ${JSON.stringify(reply)}`;
    assert.fail(`${answer} instead of the error ${JSON.stringify(expected.code)}.`);
  }
  if (error.code !== expected.code) throw explain(error, test);
  if ("details" in expected) {
    const details = toText(error.details);
    assert.deepEqual(details, fillMasks(expected.details, details));
  }
}

/** Asserts that the command does not run for a request that does not match its schema. */
export async function expectRefusal(setup: TestSetup, test: CommandTest): Promise<void> {
  const { reply, error } = await run(setup, test);
  if (error?.code === ErrorCode.invalidRequest) return;
  if (error !== undefined) throw explain(error, test);
  assert.fail(
    `${title(test)} answered ${JSON.stringify(reply)} to a request that does not fit its schema; does getConfigOption() return the generated options?`,
  );
}

/** The value with base64 in place of bytes, as an example in the spec has it. */
function toText(value: unknown): unknown {
  if (isBytes(value)) return Buffer.from(value).toString("base64");
  if (isArray(value)) return value.map(toText);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toText(member)]));
}

interface Outcome {
  readonly reply?: unknown;
  readonly error?: ReplyError;
}

/** The error codes of the runtime, in contrast to the codes of a command. */
const defects: ReadonlySet<string> = new Set([
  ErrorCode.accessDenied,
  ErrorCode.failed,
  ErrorCode.invalidMessage,
  ErrorCode.invalidRequest,
  ErrorCode.notImplemented,
  ErrorCode.timeout,
  ErrorCode.unknownCommand,
]);

async function run(setup: TestSetup, { command, request }: CommandTest): Promise<Outcome> {
  await using server = await startModules(...setup.modules().map(withQuietLog));
  await using client = await connectClient(server.url(setup.path), setup.options).catch(explainRefusal);
  await setup.prepare?.(client);
  try {
    return { reply: await client.request(command, request) };
  } catch (error) {
    if (error instanceof ReplyError) return { error };
    throw error;
  }
}

/** The same module with only errors in its log, so that other lines do not mix with the test report. */
const withQuietLog = (module: AnyModule): AnyModule => ({
  connect: (ctx) => module.connect(ctx),
  disconnect: (ctx) => module.disconnect(ctx),
  close: (ctx, code, message) => module.close(ctx, code, message),
  handshakeURL: () => module.handshakeURL(),
  getCommandList: () => module.getCommandList(),
  getModuleFlag: () => module.getModuleFlag(),
  getServerPort: () => module.getServerPort(),
  getWSServerConfig: () => [...module.getWSServerConfig(), setLogLevel("error")],
});

function explainRefusal(cause: unknown): never {
  if (!(cause instanceof HandshakeRefused)) throw cause;
  const message = `${cause.message} The test's setup must provide what connect() needs, in its path or options.`;
  throw new Error(message, { cause });
}

const title = ({ command }: CommandTest): string => `The command ${JSON.stringify(command)}`;

function explain(error: ReplyError, test: CommandTest): Error {
  if (error.code === ErrorCode.notImplemented) {
    const guard = propertyOf(error.details, "guard");
    if (guard !== undefined) {
      return new Error(
        `The guard ${JSON.stringify(guard)} of ${JSON.stringify(test.command)} is not written yet: fill in its function.`,
      );
    }
    return new Error(`${title(test)} is not written yet: fill in execute() in ${test.file}`);
  }
  if (error.code === ErrorCode.unknownCommand) {
    return new Error(`${title(test)} is not registered: getCommandList() of the module must return it.`);
  }
  if (error.code === ErrorCode.accessDenied) {
    const fix = "The test's setup must provide what the guard needs, in `prepare`, its path or options.";
    return new Error(`A guard refused the command ${JSON.stringify(test.command)}. ${fix}`, { cause: error });
  }
  const details = error.details === undefined ? "" : ` ${JSON.stringify(error.details)}`;
  return new Error(`${title(test)} answered ${error.code}: ${error.message}${details}`, { cause: error });
}
