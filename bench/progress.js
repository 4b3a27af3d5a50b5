// How far a run is: a bar on a terminal, a line for each scenario elsewhere.

const width = 30;

/** @param total how many measurements there are */
export function createProgress(total, stream = process.stderr) {
  const startedAtMs = performance.now();
  let done = 0;
  let scenario = "";
  return {
    /** What happens before the measurements. */
    say: (text) => stream.write(`${text}\n`),
    next(name, server) {
      if (stream.isTTY)
        stream.write(`\r\x1b[2K${bar(done / total)} ${done}/${total} ${leftText()} ${name}: ${server}`);
      else if (name !== scenario) stream.write(`${done}/${total} ${leftText()} ${name}\n`);
      scenario = name;
      done += 1;
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
