import type { Frame } from "./frame.js";

/**
 * Joins the frames of one turn to one buffer. Broadcasts leave the same frames waiting at connection after
 * connection, so the last result is kept and given again.
 */
export class FrameJoiner {
  #frames: readonly Frame[] = [];
  #joined: Buffer = Buffer.alloc(0);

  join(frames: readonly Frame[]): Buffer {
    if (!hasSameElements(frames, this.#frames)) {
      this.#frames = frames;
      this.#joined = Buffer.concat(
        frames.map((frame) => (typeof frame === "string" ? Buffer.from(frame, "latin1") : frame)),
      );
    }
    return this.#joined;
  }

  /** Lets go of what it holds. */
  clear(): void {
    this.#frames = [];
    this.#joined = Buffer.alloc(0);
  }
}

function hasSameElements(left: readonly Frame[], right: readonly Frame[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
