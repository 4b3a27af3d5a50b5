import type { ClusterMessage } from "../config/cluster.js";

/** What the nodes of a cluster say to each other. `from` is the id of the node. */
export type ClusterHeader = {
  readonly from: string;
  /** The flag of the module. */
  readonly module: string;
} & (ClusterPushHeader | ClusterCloseHeader | ClusterAnswerHeader);

interface Receivers {
  /** Undefined: those of the topic's stream. */
  readonly ids?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
}

/** An event whose data is in the body, in the module's codec; without a name, a message whose frame is in the body. */
export interface ClusterPushHeader extends Receivers {
  readonly kind: "push";
  readonly name?: string | undefined;
  readonly isText: boolean;
  readonly compress?: boolean | undefined;
  readonly traceparent?: string | undefined;
  /** The number of the answer that the sender waits for. */
  readonly ask?: number | undefined;
}

export interface ClusterCloseHeader extends Receivers {
  readonly kind: "close";
  readonly code?: number | undefined;
  readonly reason?: string | undefined;
}

export interface ClusterAnswerHeader {
  readonly kind: "answer";
  readonly ask: number;
  readonly delivered: number;
  readonly gone: readonly string[];
}

/** Written first, so that nodes of a later version can tell the format. */
const version = "1";
const lineEnd = 0x0a;

/** One line with the version and the header as JSON, which has no line break; then the body. */
export function encodeClusterMessage(header: ClusterHeader, body: string | Buffer = ""): ClusterMessage {
  const head = Buffer.from(`${version}${JSON.stringify(header)}\n`);
  return Buffer.concat([head, typeof body === "string" ? Buffer.from(body) : body]);
}

export interface DecodedMessage {
  readonly header: ClusterHeader;
  readonly body: Buffer;
}

/** @throws for a message of another version, or of another program */
export function decodeClusterMessage(message: ClusterMessage): DecodedMessage {
  const end = message.indexOf(lineEnd);
  const head = message.subarray(0, Math.max(0, end)).toString();
  if (!head.startsWith(`${version}{`)) {
    const found = JSON.stringify(head.slice(0, 1));
    throw new Error(
      `Found a message of version ${found} from another node; expected ${version}. Use one version of wsgen-runtime.`,
    );
  }
  return { header: JSON.parse(head.slice(version.length)), body: message.subarray(end + 1) };
}

/** The topic of the pushes to a stream of a module: a room, a tag; undefined for all. */
export const nameTopic = (module: string, stream: string | undefined): string =>
  `${module}/${stream ?? "all"}`;

/** The topic of the messages to one node. */
export const nameNodeTopic = (node: string): string => `node/${node}`;
