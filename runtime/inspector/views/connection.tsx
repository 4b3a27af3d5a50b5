import type { Signal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RecordedFrame } from "../../src/inspector/report.ts";
import { callApi, textOf } from "../api.ts";
import { download } from "../download.ts";
import { toHar } from "../export-har.ts";
import { isTestable, toTestFile } from "../export-test.ts";
import { formatBytes, formatDuration, formatNumber, formatTime, indentJson } from "../format.ts";
import { emptyRecording, followFrames, type Recording } from "../frames.ts";
import { report } from "../live.ts";
import { type ListedConnection, SuspectList } from "./connections.tsx";

/** The exports have all frames. */
const maxRows = 200;

/** The answer of `GET /connections/:id`. */
interface Details extends ListedConnection {
  readonly counters: Readonly<Record<"messagesIn" | "messagesOut" | "bytesIn" | "bytesOut", number>>;
  readonly queue: Readonly<Record<"bufferedBytes" | "waitingMessages" | "runningMessages", number>>;
}

/** One connection: who it is, why it stands out, and its frames as they come. */
export function ConnectionView({ id }: { readonly id: string }) {
  const [details, setDetails] = useState<Details>();
  const [notice, setNotice] = useState("");
  const [recording, setRecording] = useState<Signal<Recording>>();
  useEffect(() => {
    const controller = new AbortController();
    setRecording(followFrames(id, controller.signal));
    return () => controller.abort();
  }, [id]);
  // Again with each report of the server.
  useEffect(() => {
    callApi("GET", `connections/${encodeURIComponent(id)}`).then(
      (answer) => setDetails(answer as Details),
      // The last details stay when the connection has ended.
      (error) => details === undefined && setNotice(textOf(error)),
    );
  }, [id, report.value?.at]);
  const close = async () => {
    if (!confirm("Close this connection? Its client may come back.")) return;
    try {
      await callApi("DELETE", `connections/${encodeURIComponent(id)}`, {
        code: 1008,
        reason: "closed by an operator",
      });
      setNotice("The connection is being closed.");
    } catch (error) {
      setNotice(textOf(error));
    }
  };
  const suspect = report.value?.suspects.find((each) => each.id === id);
  return (
    <>
      <section class="card" aria-labelledby="connection">
        <h2 id="connection">
          Connection <code>{id}</code>
        </h2>
        {details !== undefined && (
          <dl class="facts">
            <Fact name="module" value={details.module} />
            <Fact name="route" value={details.route} />
            <Fact name="address" value={details.remoteAddress} />
            <Fact name="since" value={new Date(details.connectedAt).toLocaleString("en-GB")} />
            <Fact name="rooms" value={details.rooms.join(", ") || "–"} />
            <Fact name="tags" value={details.tags.join(", ") || "–"} />
            <Fact
              name="received"
              value={formatCount(details.counters.messagesIn, details.counters.bytesIn)}
            />
            <Fact name="sent" value={formatCount(details.counters.messagesOut, details.counters.bytesOut)} />
            <Fact name="not taken by the client" value={formatBytes(details.queue.bufferedBytes)} />
            <Fact
              name="messages"
              value={`${details.queue.runningMessages} running, ${details.queue.waitingMessages} waiting`}
            />
          </dl>
        )}
        {suspect !== undefined && <SuspectList suspects={[suspect]} />}
        <button type="button" onClick={close}>
          Close the connection
        </button>
        <p role="status">{notice}</p>
      </section>
      <Frames id={id} flag={details?.module ?? ""} recording={recording?.value ?? emptyRecording} />
    </>
  );
}

const formatCount = (messages: number, bytes: number): string =>
  `${formatNumber(messages)}, ${formatBytes(bytes)}`;

const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

interface FramesProps {
  readonly id: string;
  readonly flag: string;
  readonly recording: Recording;
}

function Frames({ id, flag, recording }: FramesProps) {
  const [isPaused, setPaused] = useState<Recording>();
  const [showsOnlyFaults, setOnlyFaults] = useState(false);
  const { frames, leftOut, end } = isPaused ?? recording;
  const shown = showsOnlyFaults ? frames.filter(isFaulty) : frames;
  const base = `${flag || "connection"}-${id.slice(0, 8)}`;
  return (
    <section class="card" aria-labelledby="frames">
      <h2 id="frames">Frames</h2>
      <div class="row">
        <button
          type="button"
          aria-pressed={isPaused !== undefined}
          onClick={() => setPaused(isPaused ? undefined : recording)}
        >
          {isPaused ? "Continue" : "Pause"}
        </button>
        <label class="inline">
          <input type="checkbox" checked={showsOnlyFaults} onChange={() => setOnlyFaults(!showsOnlyFaults)} />{" "}
          only faults
        </label>
        <button
          type="button"
          disabled={frames.length === 0}
          onClick={() => download(`${base}.har`, JSON.stringify(toHar(`ws://${flag}`, frames), undefined, 2))}
        >
          Export as HAR
        </button>
        <button
          type="button"
          disabled={!frames.some(isTestable)}
          title="A test that fails until the commands that failed here answer"
          onClick={() => download(`${base}.test.ts`, toTestFile(flag, frames))}
        >
          Export as test
        </button>
      </div>
      {leftOut > 0 && <p class="quiet">{leftOut} frames were left out: there were too many in a second.</p>}
      <table class="frames">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Time</th>
            <th scope="col">From</th>
            <th scope="col">Message</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Fate</th>
          </tr>
        </thead>
        <tbody>{shown.slice(-maxRows).toReversed().map(toRow)}</tbody>
      </table>
      {frames.length === 0 && <p>Recording. No frame yet.</p>}
      <p role="status">{end}</p>
    </section>
  );
}

const rows = new WeakMap<RecordedFrame, VNode>();

/** A frame that did not change is not drawn again. */
function toRow(frame: RecordedFrame): VNode {
  const row = rows.get(frame) ?? <FrameRow key={frame.n} frame={frame} />;
  rows.set(frame, row);
  return row;
}

const isFaulty = ({ fate, problems }: RecordedFrame): boolean =>
  problems.length > 0 || ["failed", "dropped", "too_late"].includes(fate);

function FrameRow({ frame }: { readonly frame: RecordedFrame }) {
  const { n, at, direction, type, name, text, bytes, isCut, problems, answers } = frame;
  return (
    <tr class={isFaulty(frame) ? "faulty" : ""}>
      <td class="number">{n}</td>
      <td class="time">{formatTime(at)}</td>
      <td>{direction === "in" ? "client →" : "← server"}</td>
      <td>
        <details>
          <summary>
            <span class="pill">{type}</span> <code>{name}</code>{" "}
            {answers !== undefined && <span class="quiet">answers #{answers}</span>}{" "}
            <code class="excerpt">{text}</code>
          </summary>
          <pre>{indentJson(text)}</pre>
          {isCut && <p class="quiet">The message is longer.</p>}
        </details>
        {problems.map((problem) => (
          <p key={problem} class="problem">
            <span class="pill bad">schema</span> {problem}
          </p>
        ))}
      </td>
      <td class="number">{formatBytes(bytes)}</td>
      <td>
        <Fate frame={frame} />
      </td>
    </tr>
  );
}

function Fate({ frame: { fate, code, ms } }: { readonly frame: RecordedFrame }) {
  const isBad = ["failed", "dropped", "too_late"].includes(fate);
  return (
    <>
      <span class={`pill ${isBad ? "bad" : ""}`}>{fate.replace("_", " ")}</span>{" "}
      {code !== undefined && <code>{code}</code>} {ms !== undefined && formatDuration(ms)}
    </>
  );
}
