// How far a run is: a bar on a terminal, a line for each scenario elsewhere.

const width = 30;

/** @param total the weights of all measurements together; the weight of one is 1 where nothing else is said */
export function createProgress(total, stream = process.stderr) {
  const startedAtMs = performance.now();
  let done = 0;
  let running = 0;
  let scenario = "";
  return {
    /** What happens before the measurements. */
    say: (text) => stream.write(`${text}\n`),
    next(name, subject, weight = 1) {
      done += running;
      running = weight;
      const text = `${Math.floor((done / total) * 100)} % ${leftText()} ${name}`;
      if (stream.isTTY) stream.write(`\r\x1b[2K${bar(done / total)} ${text}: ${subject}`);
      else if (name !== scenario) stream.write(`${text}\n`);
      scenario = name;
    },
    end() {
      if (stream.isTTY) stream.write("\r\x1b[2K");
    },
  };

  function leftText() {
    if (done === 0) return "";
    const leftS = ((performance.now() - startedAtMs) / done / 1_000) * (total - done);
    return leftS < 90 ? `${Math.ceil(leftS)} s left` : `${Math.ceil(leftS / 60)} min left`;
  }
}

function bar(share) {
  const full = Math.round(share * width);
  return `[${"█".repeat(full)}${"·".repeat(width - full)}]`;
}
