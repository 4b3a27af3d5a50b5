// An engine whose messages are lost, doubled and late, and which goes away, as a test says.
import type { ClusterEngine, ClusterLink, ClusterMessage, ClusterPlace } from "wsgen-runtime";

type Receive = (topic: string, message: ClusterMessage, place?: ClusterPlace) => void;

export interface RoughEngine extends ClusterEngine {
  /** Decides what becomes of a message that a node would get. Default: it arrives. */
  onMessage: (deliver: () => void, place: ClusterPlace | undefined) => void;
  /** Called before each call of the link; what it throws rejects the call. */
  onCall: (method: keyof ClusterLink) => void;
  lose(): void;
  find(): void;
}

export function roughen(engine: ClusterEngine): RoughEngine {
  const nodes = new Set<{ changed(isConnected: boolean): void }>();
  let isLost = false;
  const rough: RoughEngine = {
    name: "rough",
    heartbeatMs: engine.heartbeatMs,
    onMessage: (deliver) => deliver(),
    onCall: () => {},
    lose() {
      isLost = true;
      for (const node of nodes) node.changed(false);
    },
    find() {
      isLost = false;
      for (const node of nodes) node.changed(true);
    },
    async join(node) {
      nodes.add(node);
      const receive: Receive = (topic, message, place) => {
        if (!isLost) rough.onMessage(() => node.receive(topic, message, place), place);
      };
      const changed = (isConnected: boolean, wasEnded?: boolean) => {
        if (!isLost) node.changed(isConnected, wasEnded);
      };
      const link = await engine.join({ ...node, receive, changed });
      return new Proxy(link, {
        get: (target, name: keyof ClusterLink) => {
          // Such as `then`, which `await` looks for.
          if (!(name in target)) return undefined;
          const call = target[name].bind(target) as (...args: readonly unknown[]) => Promise<unknown>;
          return async (...args: readonly unknown[]) => {
            if (name === "close") nodes.delete(node);
            else if (isLost) throw new Error("The engine is away.");
            else rough.onCall(name);
            return call(...args);
          };
        },
      });
    },
  };
  return rough;
}
