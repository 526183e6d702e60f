import '../node_modules/d3-flame-graph/dist/d3-flamegraph.css';
import './style.css';
import { colours } from './colours';
import { readData } from './data';
import { element } from './dom';
import { Flame } from './flame';
import { nextFound, startFlameKeys } from './flame-keys';
import { count, percent, signed } from './format';
import { Legend } from './legend';
import { Report } from './report';
import { find, pattern, type Found } from './search';
import { drawSeries } from './series';
import { StackPanel } from './stack-panel';
import { drawSummary, emptyWords } from './summary';
import { StackTable } from './table';
import { startTheme } from './theme';

async function start(): Promise<void> {
  const data = await readData();
  const report = new Report(data);
  drawSummary(report);
  drawSeries(data);
  startHelp();
  if (data.stacks.count === 0) {
    element('empty').hidden = false;
    element('empty').textContent = emptyWords(report);
    startTheme(() => {});
    return;
  }

  element('content').hidden = false;
  const palette = colours(report);
  const flame = new Flame(report, palette);
  const table = new StackTable(report);
  const panel = new StackPanel(report, (stack) => flame.showStack(stack));
  const search = element<HTMLInputElement>('search');
  const legend = new Legend(report, palette, (text) => {
    search.value = text;
    run();
  });
  startFlameKeys(flame);
  startTheme(() => {
    flame.paint();
    legend.draw();
    legend.mark(search.value);
  });

  let found: Found | null = null;
  let zoomed: { name: string; stacks: Int32Array } | null = null;
  const list = () => {
    let inside: Uint8Array | null = null;
    if (zoomed) {
      inside = new Uint8Array(data.stacks.count);
      for (const stack of zoomed.stacks) inside[stack] = 1;
    }
    const kept = table.filter((stack) => (!found || found.stacks[stack] === 1) && (!inside || inside[stack] === 1));
    const all = data.stacks.count;
    element('table-words').textContent = (kept === all ? count(all, 'stack') : `${kept.toLocaleString('en')} of ${count(all, 'stack')}`) + (zoomed ? ` through ${zoomed.name}` : '') + (found ? ' that match the search' : '');
    table.selectFirst();
  };
  const run = () => {
    const words = element('found');
    try {
      const term = pattern(search.value);
      found = term ? find(report, term) : null;
      search.removeAttribute('aria-invalid');
      words.textContent = found ? `${found.count.toLocaleString('en')} of ${count(data.stacks.count, 'stack')}, ${signed(found.value, data.unit, data.isDiff)} (${percent(found.weight, report.weight)})` : '';
    } catch {
      search.setAttribute('aria-invalid', 'true');
      words.textContent = 'not a regular expression';
      return;
    }
    flame.mark(found);
    legend.mark(search.value);
    panel.mark(found);
    list();
  };
  table.onSelect = (stack) => panel.show(stack);
  flame.onZoom = (frame) => {
    zoomed = frame;
    element<HTMLButtonElement>('reset').disabled = frame === null;
    list();
  };
  let pending = 0;
  search.addEventListener('input', () => {
    clearTimeout(pending);
    pending = window.setTimeout(run, 120);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      clearTimeout(pending);
      run();
      const next = nextFound(flame, event.shiftKey ? -1 : 1);
      if (next) flame.select(next);
    } else if (event.key === 'Escape' && search.value !== '') {
      event.preventDefault();
      search.value = '';
      run();
    }
  });
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name=direction]')) input.addEventListener('change', () => flame.setDirection(input.value === 'main'));
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name=shape]')) input.addEventListener('change', () => flame.setIcicle(input.value === 'icicle'));
  element('reset').addEventListener('click', () => flame.reset());
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !(event.target instanceof HTMLInputElement && event.target.type === 'search')) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
  flame.reset();
}

function startHelp(): void {
  const help = element<HTMLDialogElement>('help');
  element('help-button').addEventListener('click', () => help.showModal());
  element('help-close').addEventListener('click', () => help.close());
  document.addEventListener('keydown', (event) => {
    if (event.key === '?' && !(event.target instanceof HTMLInputElement && event.target.type === 'search')) help.showModal();
  });
}

start().then(
  () => (document.body.dataset['ready'] = 'true'),
  (error: unknown) => {
    element('empty').hidden = false;
    element('empty').textContent = `The report could not be shown: ${error instanceof Error ? error.message : String(error)}`;
    document.body.dataset['ready'] = 'failed';
  },
);
