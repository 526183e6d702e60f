import { element, make } from './dom';
import { count, exact, format, signed } from './format';
import type { Report } from './report';

const verdicts = { Clean: ['clean', 'Clean'], Leaks: ['leaks', 'Leaks'], NotChecked: ['unchecked', 'Not checked'] } as const;

/** What the run and its profile are: verdict, totals, facts, warnings, missing debug information. */
export function drawSummary(report: Report): void {
  const { data } = report;
  element('kind').textContent = isLeaks(report) ? '' : data.sampleType + (data.isDiff ? ', difference' : '');
  const verdict = element('verdict');
  verdict.hidden = !data.verdict;
  if (data.verdict) {
    const [style, name] = verdicts[data.verdict.value];
    verdict.append(make('strong', style, name), make('span', '', data.verdict.reason));
  }
  if (isLeaks(report)) element('table-head').textContent = 'Leaks';
  element('totals').append(...totals(report));
  const facts = element('facts');
  for (const fact of data.facts) facts.append(make('div', '', '', make('dt', '', fact.name), make('dd', '', fact.value)));
  const warnings = element('warnings');
  warnings.hidden = data.warnings.length === 0;
  element('warning-list').append(...data.warnings.map((warning) => make('li', '', warning)));
  const missing = element('missing');
  missing.hidden = data.missing.length === 0;
  element('missing-head').textContent = `Missing debug information: ${count(data.missing.length, 'module')}`;
  element('missing-list').append(...data.missing.map((one) => make('li', '', '', make('code', '', one.name), make('span', '', ` ${one.value}`))));
}

/** True when the stacks are of memory that was not freed, by an engine's word. */
function isLeaks({ data }: Report): boolean {
  return data.verdict !== undefined || data.kinds.some((kind) => kind !== '');
}

function totals(report: Report): HTMLElement[] {
  const { data } = report;
  const { count: stacks, values } = data.stacks;
  const tile = (name: string, value: string, title: string, style = '') => {
    const made = make('div', `tile ${style}`, '', make('b', '', value), make('span', '', name));
    made.title = title;
    return made;
  };
  const tiles: HTMLElement[] = [];
  if (data.isDiff) {
    const grew = values.reduce((sum, value) => sum + Math.max(0, value), 0);
    const shrank = report.value - grew;
    tiles.push(
      tile('net change', signed(report.value, data.unit, true), exact(report.value, data.unit)),
      tile('grew', signed(grew, data.unit, true), exact(grew, data.unit), 'grew'),
      tile('shrank', signed(shrank, data.unit, true), exact(shrank, data.unit), 'shrank'),
    );
  } else {
    tiles.push(tile(isLeaks(report) ? 'leaked' : 'total', format(report.value, data.unit), exact(report.value, data.unit)));
  }
  if (data.stacks.objects) tiles.push(tile('objects', signed(report.objects, 'count', data.isDiff), exact(report.objects, 'objects')));
  tiles.push(tile(stacks === 1 ? 'stack' : 'stacks', stacks.toLocaleString('en'), 'distinct stacks'));
  return tiles;
}

/** What a page without stacks says instead of graph and table. */
export function emptyWords(report: Report): string {
  switch (report.data.verdict?.value) {
    case 'Clean':
      return 'No leaks: the check ran to its end and found nothing.';
    case 'NotChecked':
      return 'Nothing was checked, so nothing is proved.';
    default:
      return report.data.isDiff ? 'No difference: both profiles hold the same.' : 'This profile holds no stacks: nothing was in use when it was taken, or the filters left nothing.';
  }
}
