/** What the page of the inspector receives: one JSON value on each line. Types only, for the server and the page. */

/** One line of `GET /inspector/live`: the process, its modules, and the connections that stand out. */
export interface LiveReport {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly process: ProcessReport;
  /** `draining`: from the beginning of the shutdown. `not_ready`: it starts, or a health check fails. */
  readonly state: "ready" | "not_ready" | "draining";
  readonly modules: readonly ModuleReport[];
  /** The most remarkable first, at most 50. */
  readonly suspects: readonly Suspect[];
  /** The open connections that this report did not look at, because there are too many for one second. */
  readonly unseen: number;
}

export interface ProcessReport {
  readonly pid: number;
  readonly uptimeMs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** The share of one core since the last report; 1 is the whole core. */
  readonly cpuShare: number;
  /** How late the event loop was since the last report. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number };
}

export interface ModuleReport {
  readonly flag: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly mode: string;
  readonly wire: WireReport;
  /** Patterns: `/chat/rooms/:room`. */
  readonly routes: readonly string[];
  readonly connections: number;
  /** Counters since the start. */
  readonly counters: Readonly<Record<string, number>>;
  readonly commands: readonly CommandReport[];
  readonly events: readonly EventReport[];
}

/** How the messages of a module are made, for "Try it". */
export interface WireReport {
  /** `fields`: the request's fields beside the two names. `other`: a form that only the module's code knows. */
  readonly form: "fields" | "json-rpc" | "other";
  readonly codec: "json" | "msgpack" | "other";
  /** The field that selects the command. */
  readonly command: string;
  /** The field with the correlation id. */
  readonly correlation: string;
}

export interface CommandReport {
  readonly name: string;
  /** Executions that have ended since the first page was opened. */
  readonly count: number;
  /** Those that ended with an error, by its code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly running: number;
  /** Of the executions that ended since the last report; undefined if there were none. */
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
}

export interface EventReport {
  readonly name: string;
  /** Messages to clients since the first page was opened. */
  readonly sent: number;
  readonly isReplayed: boolean;
}

/** A connection that stands out, with the reasons, the most severe first. */
export interface Suspect {
  readonly id: string;
  readonly module: string;
  readonly remoteAddress: string;
  readonly sinceMs: number;
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly kind: "not_reading" | "flooding" | "slow_command" | "broken_contract" | "failing" | "silent";
  /** A sentence for a person. */
  readonly text: string;
  /** For the order: higher is worse. */
  readonly weight: number;
}

/** One line of `GET /inspector/connections/:id/frames`. */
export type FrameLine =
  | { readonly kind: "frame"; readonly frame: RecordedFrame }
  | { readonly kind: "update"; readonly n: number; readonly change: FrameChange }
  /** The page received no lines for these frames: there were too many in a second. */
  | { readonly kind: "left_out"; readonly count: number }
  | { readonly kind: "closed"; readonly at: number; readonly code: number; readonly reason: string };

export interface RecordedFrame extends FrameChange {
  /** 1 for the first frame since the recording began. */
  readonly n: number;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  /** `in`: from the client. */
  readonly direction: "in" | "out";
  readonly bytes: number;
  readonly isBinary: boolean;
  /** What it is in the module's envelope. `other`: a message without the envelope, or one that cannot be read. */
  readonly type: "request" | "reply" | "error" | "event" | "other";
  /** Of a request or its reply the command, of an event its name, of an error its code; otherwise empty. */
  readonly name: string;
  /** JSON, or any text. Cut after 4 KiB; values that the log hides are hidden. */
  readonly text: string;
  /** True if `text` is not the whole message. */
  readonly isCut: boolean;
  /** Where it does not match its schema. */
  readonly problems: readonly string[];
  /** Of a reply: the number of its request. */
  readonly answers?: number | undefined;
  /** Of a request, if it is recorded whole: the fields, for a test. */
  readonly request?: unknown;
}

/** What becomes known of a frame later. */
export interface FrameChange {
  /**
   * Of a frame to the client: `sent`, then `taken` by its socket, or `dropped` by the policy for slow consumers, or `too_late`: the
   * connection ended before. Of a request: `waiting`, `answered`, `failed`, or `too_late`: the client had left.
   */
  readonly fate: "sent" | "taken" | "dropped" | "waiting" | "answered" | "failed" | "too_late";
  /** Of a request: the code of its error. */
  readonly code?: string | undefined;
  /** Of a request: how long its command ran. */
  readonly ms?: number | undefined;
}
