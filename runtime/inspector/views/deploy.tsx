import { useState } from "preact/hooks";
import { callApi, textOf } from "../api.ts";
import { countOf, formatDuration, formatNumber } from "../format.ts";
import { report } from "../live.ts";

/** Whether the process can be replaced now, and what happens while it is. */
export function Deploy() {
  const [notice, setNotice] = useState("");
  const [perSecond, setPerSecond] = useState(100);
  const current = report.value;
  if (current === undefined) return <p class="card">Waiting for the first report…</p>;
  const connections = current.modules.reduce((sum, module) => sum + module.connections, 0);
  const running = current.modules
    .flatMap(({ commands }) => commands)
    .reduce((sum, each) => sum + each.running, 0);
  const drain = async (isTrial: boolean) => {
    if (!isTrial && !confirm("Drain this process? It closes all clients and ends.")) return;
    try {
      const body = { reconnectsPerSecond: perSecond, dryRun: isTrial };
      const { connections } = (await callApi("POST", "drain", body)) as { readonly connections: number };
      const closing = countOf(connections, "connection");
      setNotice(
        isTrial
          ? `Nothing was done. A drain would close ${closing}.`
          : `The drain has begun: it closes ${closing}.`,
      );
    } catch (error) {
      setNotice(textOf(error));
    }
  };
  return (
    <section class="card" aria-labelledby="deploy">
      <h2 id="deploy">Is a deploy safe?</h2>
      <dl class="facts">
        <div>
          <dt>state</dt>
          <dd>
            <span class={`pill ${current.state === "ready" ? "good" : "bad"}`}>
              {current.state.replace("_", " ")}
            </span>
          </dd>
        </div>
        <div>
          <dt>connections that must reconnect</dt>
          <dd>{formatNumber(connections)}</dd>
        </div>
        <div>
          <dt>commands that run now</dt>
          <dd>{formatNumber(running)}</dd>
        </div>
        <div>
          <dt>the last client reconnects after</dt>
          <dd>{formatDuration((connections / Math.max(1, perSecond)) * 1_000)}</dd>
        </div>
      </dl>
      <form class="row" onSubmit={(event) => event.preventDefault()}>
        <label>
          reconnects per second
          <input
            type="number"
            min={1}
            value={perSecond}
            onInput={(event) => setPerSecond(event.currentTarget.valueAsNumber || 1)}
          />
        </label>
        <button type="button" onClick={() => void drain(true)}>
          Try without effect
        </button>
        <button
          type="button"
          class="danger"
          disabled={current.state === "draining"}
          onClick={() => void drain(false)}
        >
          Drain
        </button>
      </form>
      <p class="quiet">
        A drain makes the process not ready, lets running commands finish, closes each client with the time to
        come back, and ends the process.
      </p>
      <p role="status">{notice}</p>
    </section>
  );
}
