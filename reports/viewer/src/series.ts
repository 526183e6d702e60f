import type { ReportData } from './data';
import { format } from './format';

const svgNames = 'http://www.w3.org/2000/svg';

/** Heap over time: one bar per dump of the series. */
export function drawSeries(host: HTMLElement, data: ReportData): void {
  const largest = Math.max(1, ...data.series.map((point) => point.total));
  const width = 720;
  const height = 140;
  const step = width / data.series.length;
  const svg = document.createElementNS(svgNames, 'svg');
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `Heap over ${data.series.length} dumps, largest ${format(largest, data.unit)}`);
  data.series.forEach((point, index) => {
    const bar = document.createElementNS(svgNames, 'rect');
    const tall = (point.total / largest) * (height - 4);
    bar.setAttribute('x', String(index * step + 1));
    bar.setAttribute('y', String(height - tall));
    bar.setAttribute('width', String(Math.max(1, step - 2)));
    bar.setAttribute('height', String(tall));
    const title = document.createElementNS(svgNames, 'title');
    title.textContent = `${point.label}: ${format(point.total, data.unit)}`;
    bar.append(title);
    svg.append(bar);
  });
  host.append(svg);
}
