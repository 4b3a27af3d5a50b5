export {
  type Closed,
  type ConnectOptions,
  connectClient,
  HandshakeRefused,
  ReplyError,
  type TestClient,
} from "./client.js";
export {
  type CommandTest,
  expectAnswer,
  expectRefusal,
  expectReply,
  type TestSetup,
} from "./command-test.js";
export { type FakeTime, fakeTime } from "./fake-time.js";
export { startModules, type TestServer } from "./start-modules.js";
export type { TestEnvelope } from "./test-envelope.js";
