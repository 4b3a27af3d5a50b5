// One who talks in the chat of the example, with its generated client: the same in a page and in Node.

/**
 * @param modules the generated client and the core under it
 * @param options where to connect, as whom, and with which WebSocket
 */
export function openTalk({ createChatClient, createResume }, { url, name, WebSocket }) {
  /** The texts of messages, and "(gone)" for the gaps of one restart, in the order in which they were told. */
  const seen = [];
  const onGap = (gaps) => {
    for (const reason of new Set(gaps.map(({ reason }) => reason))) seen.push(`(${reason})`);
  };
  const resume = createResume({ onGap });
  const client = createChatClient(`${url}/chat/ws?name=${name}`, {
    resume,
    backOff: { baseMs: 5, maxMs: 50 },
    connectTimeoutMs: 1_000,
    idleTimeoutMs: 400,
    timeoutMs: 30_000,
    maxQueued: 1_000,
    ...(WebSocket && { WebSocket }),
  });
  const waiting = new Set();
  client.on("message", ({ text }) => {
    seen.push(text);
    for (const look of waiting) look();
  });

  return {
    seen,

    /** The server has told where in the stream the client begins. */
    async ready() {
      while (resume.positions().length === 0) await client.ping({}, { isIdempotent: true });
    },

    /** Says so many things, now one by one and now at once; resolves with what became of them. */
    async talk(count) {
      const outcomes = [];
      for (let number = 0; number < count; number += 1) {
        const text = `${name} ${number}`;
        const isIdempotent = Math.random() < 0.5;
        outcomes.push(
          client.say({ room: "lobby", text }, { isIdempotent }).then(
            ({ id }) => ({ text, isIdempotent, id }),
            ({ code, wasSent }) => ({ text, isIdempotent, code, wasSent }),
          ),
        );
        const moment = new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        if (Math.random() < 0.6) await Promise.race([outcomes.at(-1), moment]);
        await moment;
      }
      return Promise.all(outcomes);
    },

    say: (text) => client.say({ room: "lobby", text }, { isIdempotent: true }),

    /** Resolves when a message with this text has come. */
    sees: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (seen.includes(text)) resolve(waiting.delete(look));
        };
        waiting.add(look);
        look();
      }),

    close: () => client.close(),
  };
}
