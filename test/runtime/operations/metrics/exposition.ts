/** One line of a page for Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** Reads the text format 0.0.4 strictly. @throws Error for a line that is not in the format */
export function readExposition(text: string): readonly Sample[] {
  const lines = text.split("\n").filter((each) => each !== "" && !each.startsWith("#"));
  return lines.map((each) => {
    const [, name = "", labels = "", value = ""] = line.exec(each) ?? [];
    const pairs = [...labels.matchAll(label)];
    if (name === "" || pairs.reduce((length, [pair]) => length + pair.length, 0) !== labels.length)
      throw new Error(`Not a line of the format: ${each}`);
    return {
      name,
      labels: Object.fromEntries(pairs.map(([, key = "", text = ""]) => [key, readEscapes(text)])),
      value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value),
    };
  });
}

const readEscapes = (text: string): string =>
  text.replace(/\\(["\\n])/g, (_all, escaped: string) => (escaped === "n" ? "\n" : escaped));
