import type { ResumeFrame, ResumePosition } from "./resume-position.js";

/** More than a client of ours tells; frames from elsewhere are held to it. */
const maxFrames = 256;
const maxPositions = 1_024;

/** Where one client has said that it stands. */
export class Resumption {
  readonly #positions = new Map<string, ResumePosition>();
  #frames = 0;
  #isReady = false;

  /** The client has said everything: from now on its streams are resumed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** False: the client has said everything already, or too much. */
  take({ positions, hasMore }: ResumeFrame): boolean {
    this.#frames += 1;
    const isTooMuch = this.#frames > maxFrames || this.#positions.size + positions.length > maxPositions;
    if (this.#isReady || isTooMuch) return false;
    for (const position of positions) {
      this.#positions.set(keyOf(position.event, position.stream), position);
    }
    this.#isReady = !hasMore;
    return true;
  }

  /** A position is used once: from then on the server knows where the client stands. */
  use(event: string, stream: string | undefined): ResumePosition | undefined {
    const key = keyOf(event, stream);
    const position = this.#positions.get(key);
    this.#positions.delete(key);
    return position;
  }
}

const keyOf = (event: string, stream: string | undefined): string => JSON.stringify([event, stream]);
