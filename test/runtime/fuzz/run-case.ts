import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { Opcode } from "../support/frames.js";
import { RawClient } from "../support/raw-client.js";
import { endingBytes, type FuzzCase } from "./fuzz-case.js";
import { readAnswers } from "./read-answers.js";

/** A while in which most answers come. */
const answerMs = 5;

/** How long the server may take to let go of a client that has left. */
const limitMs = 10_000;

/** Answers that a client's mistake may have; a 500 would be ours. */
const expectedStatus = /^HTTP\/1\.1 (?:10[01]|[24]\d\d|501|503) /;

/** Plays one case. @throws Error when the server breaks the protocol, tells too much or does not let go */
export async function runCase(url: string, { writes, ending, mayFail = false }: FuzzCase): Promise<void> {
  const client = new RawClient(url);
  const received: Buffer[] = [];
  client.socket.on("data", (chunk) => received.push(chunk));
  for (const bytes of writes) {
    client.send(bytes);
    await (bytes.length > 0 ? nextTurn() : wait(answerMs));
  }
  if (ending === "close") client.send(endingBytes);
  if (ending === "reset") client.reset();
  else client.socket.end();
  await endOf(client);
  if (client.fault !== undefined) throw client.fault;
  checkAnswer(client.answer, mayFail);
  for (const line of readAnswers(Buffer.concat(received))) {
    if (!isExpected(`${line} `, mayFail)) throw new Error(`the server answered ${line}`);
  }
  const isZip = client.answer.includes("permessage-deflate");
  for (const { opcode, reserved, payload } of client.frames) {
    if (reserved !== 0 && !(isZip && reserved === 4))
      throw new Error(`the server sent reserved bits: ${reserved}`);
    if (opcode === Opcode.text && reserved === 0) new TextDecoder("utf-8", { fatal: true }).decode(payload);
  }
}

async function endOf(client: RawClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the server did not let go within ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([client.ended, late]);
  } finally {
    clearTimeout(timer);
    client.socket.destroy();
  }
}

const isExpected = (answer: string, mayFail: boolean): boolean =>
  expectedStatus.test(answer) || (mayFail && answer.startsWith("HTTP/1.1 500 "));

function checkAnswer(answer: string, mayFail: boolean): void {
  if (answer === "") return;
  if (!isExpected(answer, mayFail)) throw new Error(`the server answered ${answer.split("\r\n")[0]}`);
  if (/\n\s+at |node_modules/.test(answer)) throw new Error(`the server told of its insides: ${answer}`);
}
