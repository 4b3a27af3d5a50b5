// Stacked bars as SVG, readable on light and on dark paper.

const width = 860;
const left = 150;
const right = 70;
const barHeight = 26;
const rowHeight = 36;
const groupGap = 40;
const legendHeight = 64;

/**
 * @param chart `{groups: [{title, bars: [{title, values: {[part]: number}}]}], parts: [{id, title, color}], unit}`; each
 * group has a scale of its own
 */
export function drawBars({ groups, parts, unit }) {
  const lines = [];
  let top = legendHeight;
  for (const group of groups) {
    top += groupGap;
    lines.push(text(0, top - 12, group.title, "title"));
    const scale = (width - left - right) / Math.max(...group.bars.map(({ values }) => sum(values)));
    for (const bar of group.bars) {
      lines.push(text(left - 10, top + 18, bar.title, "end"), ...drawBar(bar, { parts, scale, top, unit }));
      top += rowHeight;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 10}" role="img">
<style>text{font:14px system-ui,sans-serif;fill:#777}.title{font-weight:600}.end{text-anchor:end}.in{fill:#222;text-anchor:middle;font-size:12px}</style>
${[...drawLegend(parts), ...lines].join("\n")}
</svg>
`;
}

function drawBar({ values }, { parts, scale, top, unit }) {
  let x = left;
  const pieces = parts.flatMap(({ id, title, color }) => {
    const size = values[id] * scale;
    const start = x;
    x += size;
    if (size < 0.5) return [];
    const label = `${format(values[id])} ${unit}: ${title}`;
    const piece = `<rect x="${round(start)}" y="${top}" width="${round(size)}" height="${barHeight}" fill="${color}"><title>${label}</title></rect>`;
    return size < 34 ? [piece] : [piece, text(start + size / 2, top + 18, format(values[id]), "in")];
  });
  return [...pieces, text(x + 6, top + 18, `${format(sum(values))} ${unit}`, "")];
}

function drawLegend(parts) {
  return parts.map(({ title, color }, index) => {
    const x = (index % 4) * 210;
    const y = 8 + Math.floor(index / 4) * 26;
    return `<rect x="${x}" y="${y}" width="14" height="14" fill="${color}"/>${text(x + 20, y + 12, title, "")}`;
  });
}

const text = (x, y, content, kind) =>
  `<text x="${round(x)}" y="${round(y)}" class="${kind}">${content}</text>`;
const sum = (values) => Object.values(values).reduce((total, value) => total + value, 0);
const round = (value) => Math.round(value * 10) / 10;
const format = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
