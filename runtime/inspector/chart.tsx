import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { type Point, points } from "./live.ts";

/** One line of a chart. The colour is a custom property of the style sheet. */
export interface Line {
  readonly title: string;
  readonly color: string;
  readonly value: (point: Point) => number | null;
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const height = 110;

/** The last five minutes of some values. A screen reader gets the last values as text. */
export function Chart({ title, lines, format }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const create = () => {
      plot.current?.destroy();
      plot.current = new uPlot(createOptions(element, lines, format), toData(lines), element);
    };
    create();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", create);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", create);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.setData(toData(lines)), [points.value]);
  const last = points.value.at(-1);
  return (
    <figure class="card chart">
      <figcaption>
        <strong>{title}</strong>
        {lines.map(({ title: name, color, value }) => {
          const current = last === undefined ? null : value(last);
          return (
            <span key={name} class={`key ${color}`}>
              {name} {current === null ? "–" : format(current)}
            </span>
          );
        })}
      </figcaption>
      <div ref={box} aria-hidden="true" />
    </figure>
  );
}

const toData = (lines: readonly Line[]): uPlot.AlignedData => [
  points.value.map(({ at }) => at),
  ...lines.map(({ value }) => points.value.map(value)),
];

function createOptions(
  element: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: color("quiet"), grid: { stroke: color("line"), width: 1 }, font: "11px system-ui" };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max) * 1.1] } },
    axes: [
      { ...axis, size: 22, ticks: { show: false } },
      { ...axis, size: 62, ticks: { show: false }, values: (_plot, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: color(line.color),
        width: 1.5,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}
