// How CPU time grows with the number of commands: both axes logarithmic, readable on light and on dark paper.
import { median } from "../statistics.js";

const width = 860;
const height = 460;
const area = { left: 70, right: 640, top: 34, bottom: 410 };

const lines = [
  { step: "generate", title: "generate: all new", color: "#e15759" },
  { step: "check", title: "check in a fresh clone", color: "#f28e2b" },
  { step: "edited", title: "generate after an edit", color: "#4e79a7" },
  { step: "unchanged", title: "generate after no edit", color: "#76b7b2" },
  { step: "add", title: "add command", color: "#59a14f" },
  { step: "plop", title: "plop: templates only", color: "#b07aa1" },
];

/** @param growth CPU times by step and number of commands, see `measureGenerators` */
export function drawGrowth(growth) {
  const measured = lines.filter(({ step }) => growth[step] !== undefined);
  const curves = measured.map((line) => ({ ...line, points: pointsOf(growth[line.step]) }));
  const all = curves.flatMap(({ points }) => points);
  const scale = {
    x: logScale(
      all.map(({ x }) => x),
      [area.left, area.right],
    ),
    y: logScale(
      all.map(({ y }) => y),
      [area.bottom, area.top],
    ),
  };
  const parts = [...drawGrid(scale), ...drawLinear(curves[0].points, scale), ...drawCurves(curves, scale)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<style>text{font:14px system-ui,sans-serif;fill:#777}.end{text-anchor:end}.middle{text-anchor:middle}.grid{stroke:#888;stroke-opacity:.25}.linear{stroke:#888;stroke-dasharray:5 5;fill:none}.curve{fill:none;stroke-width:2.5}</style>
${parts.join("\n")}
</svg>
`;
}

const pointsOf = (bySize) =>
  Object.entries(bySize).map(([size, runs]) => ({
    x: Number(size),
    y: median(runs.map(({ cpuNs }) => cpuNs)) / 1e9,
  }));

/** From the power of ten below the least value to that above the greatest. */
function logScale(values, [from, to]) {
  const first = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const last = Math.ceil(Math.log10(Math.max(...values)) - 1e-9);
  const place = (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from);
  return { place, powers: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)) };
}

function drawGrid({ x, y }) {
  const down = x.powers.flatMap((power) => [
    line([x.place(power), area.top], [x.place(power), area.bottom], "grid"),
    text([x.place(power), area.bottom + 20], power.toLocaleString("en"), "middle"),
  ]);
  const across = y.powers.flatMap((power) => [
    line([area.left, y.place(power)], [area.right, y.place(power)], "grid"),
    text([area.left - 8, y.place(power) + 5], `${Number(power.toPrecision(1))} s`, "end"),
  ]);
  const middle = (area.left + area.right) / 2;
  const title = text([4, area.top - 18], "CPU time", "");
  return [...down, ...across, title, text([middle, area.bottom + 42], "commands in the spec", "middle")];
}

/** What time in proportion to the number of commands would look like, through the last point; and its legend. */
function drawLinear(points, { x, y }) {
  const end = points.at(-1);
  const secondsEach = end.y / end.x;
  const from = Math.max(x.powers[0], y.powers[0] / secondsEach);
  const at = (commands) => [x.place(commands), y.place(commands * secondsEach)];
  const [left, bottom] = [area.right + 12, area.bottom - 8];
  return [
    line(at(from), at(end.x), "linear"),
    line([left, bottom - 5], [left + 30, bottom - 5], "linear"),
    text([left + 38, bottom], "in proportion", ""),
  ];
}

function drawCurves(curves, { x, y }) {
  const labels = spread(curves.map(({ points }) => y.place(points.at(-1).y) + 5));
  return curves.flatMap(({ title, color, points }, index) => {
    const places = points.map((point) => [x.place(point.x), y.place(point.y)]);
    const dots = points.map(
      (point, at) =>
        `<circle cx="${round(places[at][0])}" cy="${round(places[at][1])}" r="4" fill="${color}"><title>${title}, ${point.x.toLocaleString("en")} commands: ${point.y.toPrecision(3)} s</title></circle>`,
    );
    const path = `<polyline class="curve" stroke="${color}" points="${places.map((place) => place.map(round)).join(" ")}"/>`;
    const label = `<text x="${area.right + 12}" y="${round(labels[index])}" style="fill:${color}">${title}</text>`;
    return [path, ...dots, label];
  });
}

/** Moves labels apart, from the top down, in their order. */
function spread(places) {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place);
  let last = -Infinity;
  const moved = [...places];
  for (const { place, index } of order) {
    last = Math.max(place, last + 18);
    moved[index] = last;
  }
  return moved;
}

const line = ([x1, y1], [x2, y2], kind) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${kind}"/>`;
const text = ([x, y], content, kind) =>
  `<text x="${round(x)}" y="${round(y)}" class="${kind}">${content}</text>`;
const round = (value) => Math.round(value * 10) / 10;
