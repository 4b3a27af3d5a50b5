import { type Signal, signal } from "@preact/signals";
import type { FrameLine, RecordedFrame } from "../src/inspector/report.ts";
import { readLines, textOf } from "./api.ts";

/** The page keeps as many as the server. */
const maxFrames = 500;

/** What the page knows of the frames of one connection. */
export interface Recording {
  readonly frames: readonly RecordedFrame[];
  readonly leftOut: number;
  /** Why the recording has ended; empty while it runs. */
  readonly end: string;
}

export const emptyRecording: Recording = { frames: [], leftOut: 0, end: "" };

/** How often the page shows what has come. */
const showMs = 250;

/** Reads the frames of a connection until the signal aborts. The server records them only meanwhile. */
export function followFrames(id: string, abort: AbortSignal): Signal<Recording> {
  const recording = signal(emptyRecording);
  let waiting: FrameLine[] = [];
  const show = (end = "") => {
    const lines = waiting;
    waiting = [];
    if (lines.length > 0 || end !== "")
      recording.value = { ...addLines(recording.value, lines), ...(end && { end }) };
  };
  const timer = setInterval(show, showMs);
  abort.addEventListener("abort", () => clearInterval(timer));
  void (async () => {
    let end = "The server has ended the recording.";
    try {
      for await (const line of readLines(`inspector/connections/${encodeURIComponent(id)}/frames`, abort)) {
        waiting.push(line as FrameLine);
        if ((line as FrameLine).kind === "closed") end = "";
      }
    } catch (error) {
      end = textOf(error);
    }
    clearInterval(timer);
    if (!abort.aborted) show(end);
  })();
  return recording;
}

/** The recording after some lines more. Frames that did not change stay the same objects. */
function addLines(recording: Recording, lines: readonly FrameLine[]): Recording {
  const frames = new Map(recording.frames.map((frame) => [frame.n, frame]));
  let { leftOut, end } = recording;
  for (const line of lines) {
    if (line.kind === "frame") frames.set(line.frame.n, line.frame);
    else if (line.kind === "left_out") leftOut += line.count;
    else if (line.kind === "closed")
      end = `Closed with ${line.code}${line.reason === "" ? "" : `: ${line.reason}`}.`;
    else {
      const frame = frames.get(line.n);
      if (frame !== undefined) frames.set(line.n, { ...frame, ...line.change });
    }
  }
  return { frames: [...frames.values()].slice(-maxFrames), leftOut, end };
}
