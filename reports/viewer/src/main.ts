import '../node_modules/d3-flame-graph/dist/d3-flamegraph.css';
import './style.css';
import { readData } from './data';
import { Flame } from './flame';
import { format, percent } from './format';
import { drawSeries } from './series';
import { StackTable } from './table';

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}.`);
  return found as T;
}

/** A plain text is searched as it is; between slashes it is a regular expression. */
function pattern(text: string): RegExp | null {
  if (text === '') return null;
  const slashes = /^\/(.+)\/$/.exec(text);
  return new RegExp(slashes ? slashes[1]! : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

async function start(): Promise<void> {
  const data = await readData();
  const total = data.stacks.values.reduce((sum, value) => sum + Math.abs(value), 0);
  const facts = element('facts');
  for (const fact of data.facts) {
    const name = document.createElement('dt');
    const value = document.createElement('dd');
    name.textContent = fact.name;
    value.textContent = fact.value;
    facts.append(name, value);
  }
  const warnings = element('warnings');
  for (const warning of data.warnings) {
    const item = document.createElement('li');
    item.textContent = warning;
    warnings.append(item);
  }
  warnings.hidden = data.warnings.length === 0;
  element('legend').hidden = !data.isDiff;
  element('series').hidden = data.series.length < 2;
  if (data.series.length >= 2) drawSeries(element('series'), data);

  const flame = new Flame(element('flame'), element('details'), data);
  const table = new StackTable(element('head'), element('scroller'), element('rows'), element('stack'), data);
  flame.draw();

  const search = element<HTMLInputElement>('search');
  const found = element('found');
  let pending = 0;
  const run = () => {
    let term: RegExp | null;
    try {
      term = pattern(search.value);
      search.removeAttribute('aria-invalid');
    } catch {
      search.setAttribute('aria-invalid', 'true');
      found.textContent = 'not a regular expression';
      return;
    }
    const sum = flame.search(term);
    const count = table.search(term);
    found.textContent = term ? `${count.toLocaleString('en')} stacks, ${format(sum, data.unit)} (${percent(sum, total)})` : '';
  };
  search.addEventListener('input', () => {
    clearTimeout(pending);
    pending = window.setTimeout(run, 150);
  });
  const direction = element<HTMLSelectElement>('direction');
  direction.addEventListener('change', () => flame.setDirection(direction.value === 'callers'));
  const shape = element<HTMLSelectElement>('shape');
  shape.addEventListener('change', () => flame.setIcicle(shape.value === 'icicle'));
  element('reset').addEventListener('click', () => flame.reset());
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  document.body.dataset['ready'] = 'true';
}

start().catch((error: unknown) => {
  element('details').textContent = `The report could not be shown: ${error instanceof Error ? error.message : String(error)}`;
  document.body.dataset['ready'] = 'failed';
});
