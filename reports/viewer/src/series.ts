import type { ReportData } from './data';
import { element, make, makeSvg } from './dom';
import { exact, format, signed } from './format';

const height = 190;
const left = 76;
const bottom = 26;
const top = 10;

/** Heap over time: one bar per dump of the series, with an axis and the numbers as a table. */
export function drawSeries(data: ReportData): void {
  const host = element('series');
  host.hidden = data.series.length < 2;
  if (host.hidden) return;
  const chart = element('chart');
  const draw = () => chart.replaceChildren(picture(data, Math.max(280, chart.clientWidth)));
  new ResizeObserver(draw).observe(chart);
  const first = data.series[0]!.total;
  const last = data.series.at(-1)!.total;
  element('series-words').textContent =
    `${data.series.length} dumps, from ${format(first, data.unit)} to ${format(last, data.unit)} (${last === first ? 'unchanged' : signed(last - first, data.unit, true)}). The rest of the page shows the last one.`;
  let before = first;
  const rows = data.series.map((point) => {
    const change = point.total - before;
    before = point.total;
    const row = make('tr', '', '', make('th', '', point.label), make('td', '', exact(point.total, data.unit)), make('td', '', change === 0 ? '' : signed(change, data.unit, true)));
    row.firstElementChild!.setAttribute('scope', 'row');
    return row;
  });
  element('series-rows').append(...rows);
}

function picture(data: ReportData, width: number): SVGSVGElement {
  const { step, lines } = scale(Math.max(1, ...data.series.map((point) => point.total)), data.unit === 'bytes');
  const highest = step * lines;
  const y = (value: number) => height - bottom - (Math.max(0, value) / highest) * (height - bottom - top);
  const room = (width - left - 8) / data.series.length;
  const svg = makeSvg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': `Heap over ${data.series.length} dumps; the numbers are in the table below` });
  for (let line = 0; line <= lines; line++) {
    const at = y(line * step);
    svg.append(makeSvg('line', { x1: left, x2: width - 8, y1: at, y2: at, class: 'grid' }));
    svg.append(makeSvg('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, format(line * step, data.unit)));
  }
  const every = Math.max(1, Math.ceil(34 / room));
  data.series.forEach((point, index) => {
    const x = left + index * room;
    const bar = makeSvg('g', { class: index === data.series.length - 1 ? 'bar shown' : 'bar' });
    bar.append(
      makeSvg('title', {}, `${point.label}: ${format(point.total, data.unit)}`),
      makeSvg('rect', { x, y: top, width: room, height: height - bottom - top, class: 'hit' }),
      makeSvg('rect', { x: x + room * 0.12, y: y(point.total), width: Math.max(1, room * 0.76), height: height - bottom - y(point.total), rx: Math.min(2, room / 8) }),
    );
    svg.append(bar);
    if (index % every === 0) svg.append(makeSvg('text', { x: x + room / 2, y: height - 8, 'text-anchor': 'middle' }, String(index + 1)));
  });
  return svg;
}

/** At most five lines at 1, 2 or 5 times a power of ten of the unit, so that labels are short. */
function scale(largest: number, isBytes: boolean): { step: number; lines: number } {
  const unit = isBytes ? 1024 ** Math.floor(Math.log2(largest) / 10) : 1;
  for (let power = 0.1; ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      const step = Math.max(1, factor * power * unit);
      if (largest / step <= 5) return { step, lines: Math.max(1, Math.ceil(largest / step)) };
    }
  }
}
