import assert from "node:assert/strict";
import { setLogLevel } from "../config/module-options.js";
import type { IWebsocket } from "../contract.js";
import { ErrorCode } from "../errors.js";
import type { Validator } from "../validation/problem.js";
import { ReplyError } from "../wire.js";
import { type ConnectOptions, connectClient, HandshakeRefused, type TestClient } from "./client.js";
import { fillMasks } from "./masks.js";
import { startModules } from "./start-modules.js";

/** What the generated tests of a module begin with; a file of the user's says it. */
export interface TestSetup {
  /** New modules for every test: the one that is tested, and others that it needs. */
  readonly modules: () => readonly IWebsocket[];
  /** Where to connect, with a query where `connect` asks for one: `/chat/ws?name=ann`. */
  readonly path: string;
  /** How to connect: headers, subprotocols. */
  readonly options?: ConnectOptions | undefined;
  /** Runs before the command, to log in for instance. */
  readonly prepare?: ((client: TestClient) => Promise<void>) | undefined;
}

/** A command as it is tested. */
export interface CommandTest {
  readonly command: string;
  /** The file that a person has to fill in, for the message. */
  readonly file: string;
  readonly request: object;
}

/** The command answers exactly this; masks (`{ $any: "uuid" }`) stand for values that differ from run to run. */
export async function expectReply(
  setup: TestSetup,
  { reply: expected, ...test }: CommandTest & { readonly reply: unknown },
): Promise<void> {
  const outcome = await run(setup, test);
  if (outcome.error !== undefined) throw explain(outcome.error, test);
  assert.deepEqual(outcome.reply, fillMasks(expected, outcome.reply));
}

/**
 * The command takes the request. It answers with what fits its schema, or refuses data that was made up with an error of
 * its own.
 */
export async function expectAnswer(
  setup: TestSetup,
  { check, ...test }: CommandTest & { readonly check?: Validator },
): Promise<void> {
  const { reply, error } = await run(setup, test);
  if (error !== undefined && defects.has(error.code)) throw explain(error, test);
  if (error === undefined)
    assert.deepEqual(check?.(reply) ?? [], [], `The reply of ${test.command} does not fit.`);
}

/** The command is not run for a request that does not fit its schema. */
export async function expectRefusal(setup: TestSetup, test: CommandTest): Promise<void> {
  const { reply, error } = await run(setup, test);
  if (error?.code === ErrorCode.invalidRequest) return;
  if (error !== undefined) throw explain(error, test);
  assert.fail(
    `${title(test)} answered ${JSON.stringify(reply)} to a request that does not fit its schema; does getConfigOption() return the generated options?`,
  );
}

interface Outcome {
  readonly reply?: unknown;
  readonly error?: ReplyError;
}

/** Errors that no command means, as opposed to those of its own. */
const defects: ReadonlySet<string> = new Set([
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

/** The same module; of what it logs, errors alone are printed between the lines of the test's report. */
const withQuietLog = (module: IWebsocket): IWebsocket => ({
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
  const message = `${cause.message} The test's setup must give connect() what it asks for, in its path or options.`;
  throw new Error(message, { cause });
}

const title = ({ command }: CommandTest): string => `The command ${JSON.stringify(command)}`;

function explain(error: ReplyError, test: CommandTest): Error {
  if (error.code === ErrorCode.notImplemented) {
    return new Error(`${title(test)} is not written yet: fill in execute() in ${test.file}`);
  }
  if (error.code === ErrorCode.unknownCommand) {
    return new Error(`${title(test)} is not registered: getCommandList() of the module must return it.`);
  }
  const details = error.details === undefined ? "" : ` ${JSON.stringify(error.details)}`;
  return new Error(`${title(test)} answered ${error.code}: ${error.message}${details}`, { cause: error });
}
