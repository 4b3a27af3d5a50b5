import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What may happen to a chunk of bytes on its way; the rest of 1 is that it is passed on at once. */
export interface ChaosOdds {
  /** It, and all that follows on this connection, is kept for some milliseconds. */
  readonly delay: number;
  /** It, and all that follows on this connection in this direction, is lost; nobody is told. */
  readonly silence: number;
  /** The connection is cut on both sides, after half of the chunk. */
  readonly cut: number;
}

export interface ChaosProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** From now on everything is passed on. */
  calmDown(): void;
  /** The end of a calm. */
  stirUp(): void;
}

/** A TCP proxy to a port of this machine that delays, silences and cuts connections at random. */
export async function startChaosProxy(
  target: number,
  { random, odds }: { random: () => number; odds: ChaosOdds },
): Promise<ChaosProxy> {
  const sockets = new Set<Socket>();
  let isCalm = false;
  let connections = 0;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(target, "127.0.0.1");
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [
      [track(client), upstream],
      [track(upstream), client],
    ] as const) {
      forward(from, to, { cut, decide: () => (isCalm ? "pass" : choose(random(), odds)), random });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    calmDown() {
      isCalm = true;
    },
    stirUp() {
      isCalm = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Fate = "pass" | keyof ChaosOdds;

function choose(number: number, { delay, silence, cut }: ChaosOdds): Fate {
  if (number < cut) return "cut";
  if (number < cut + silence) return "silence";
  return number < cut + silence + delay ? "delay" : "pass";
}

interface Passage {
  cut(): void;
  decide(): Fate;
  random(): number;
}

/** Passes bytes on in their order, until they are lost. */
function forward(from: Socket, to: Socket, { cut, decide, random }: Passage): void {
  let isOver = false;
  let before = Promise.resolve();
  from.on("data", (chunk) => {
    if (isOver) return;
    const fate = decide();
    // Nothing may follow what was lost: TCP has no holes.
    isOver = fate === "silence" || fate === "cut";
    if (fate === "silence") return;
    const delayMs = fate === "delay" ? 1 + random() * 30 : 0;
    before = before.then(async () => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (fate !== "cut") to.write(chunk);
      else to.write(chunk.subarray(0, chunk.length / 2), cut);
    });
  });
  from.on("end", () => before.then(() => to.end()));
  from.on("close", () => before.then(() => to.destroy()));
}
