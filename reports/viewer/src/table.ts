import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { element, make } from './dom';
import { exact, percent, signed } from './format';
import { Sorter, type Column } from './order';
import type { Report } from './report';

/** Widths of the columns, as CSS' grid takes them. */
const widths: Record<Column, string> = {
  value: '11.4em',
  objects: '5.5em',
  name: 'minmax(13em, 4fr)',
  place: 'minmax(9.5em, 1.2fr)',
  module: 'minmax(5em, 0.8fr)',
  kind: '7.4em',
};

/** The first column where values have signs. */
const signedWidth = '12.2em';

/** Below this width a row has two lines. */
const narrow = '(max-width: 720px)';

/** The stacks as a sortable table; only the rows in sight are in the document. */
export class StackTable {
  private rows: Int32Array;
  private sorted: { column: Column; down: boolean } = { column: 'value', down: true };
  private selected = -1;
  private readonly grid = element('table');
  private readonly head = element('head');
  private readonly scroller = element('scroller');
  private readonly body = element('rows');
  private readonly sorter: Sorter;
  private readonly columns: Column[];
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  /** Called with the stack that was chosen; -1 for none. */
  onSelect: (stack: number) => void = () => {};

  constructor(private readonly report: Report) {
    const { data } = report;
    this.sorter = new Sorter(report);
    this.rows = Int32Array.from({ length: data.stacks.count }, (_, stack) => stack);
    const has = { value: true, objects: data.hasObjects, name: true, place: data.nodes.file.some((file) => file !== ''), module: data.modules.some((module) => module !== ''), kind: data.kinds.some((kind) => kind !== '') };
    this.columns = (Object.keys(widths) as Column[]).filter((column) => has[column]);
    this.grid.style.setProperty('--columns', this.columns.map((column) => (column === 'value' && data.isDiff ? signedWidth : widths[column])).join(' '));
    this.grid.dataset['columns'] = this.columns.join(' ');
    for (const cell of this.head.querySelectorAll<HTMLElement>('[data-column]')) cell.hidden = !this.columns.includes(cell.dataset['column'] as Column);
    element('value-name').textContent = data.unit === 'bytes' ? 'Bytes' : data.sampleType;
    const lines = matchMedia(narrow);
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: this.rows.length,
      getScrollElement: () => this.scroller,
      estimateSize: () => (lines.matches ? 48 : 28),
      overscan: 10,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.render(),
    });
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
    lines.addEventListener('change', () => this.virtualizer.measure());
    for (const cell of this.head.querySelectorAll<HTMLElement>('[data-column]'))
      cell.querySelector('button')!.addEventListener('click', () => this.sortBy(cell.dataset['column'] as Column));
    this.grid.addEventListener('keydown', (event) => this.key(event));
    this.sort();
  }

  /** Keeps the stacks that hold for `keeps`; the rest go away. */
  filter(keeps: (stack: number) => boolean): number {
    this.rows = Int32Array.from({ length: this.report.data.stacks.count }, (_, stack) => stack).filter(keeps);
    this.scroller.scrollTop = 0;
    this.sort();
    return this.rows.length;
  }

  /** Chooses the first row; -1 where there is none. */
  selectFirst(): void {
    this.select(this.rows[0] ?? -1);
  }

  private sortBy(column: Column): void {
    const down = this.sorted.column === column ? !this.sorted.down : column === 'value' || column === 'objects';
    this.sorted = { column, down };
    this.sort();
  }

  private sort(): void {
    this.sorter.sort(this.rows, this.sorted.column, this.sorted.down);
    for (const cell of this.head.querySelectorAll<HTMLElement>('[data-column]')) {
      const mine = cell.dataset['column'] === this.sorted.column;
      cell.setAttribute('aria-sort', mine ? (this.sorted.down ? 'descending' : 'ascending') : 'none');
    }
    this.grid.setAttribute('aria-rowcount', String(this.rows.length + 1));
    this.virtualizer.setOptions({ ...this.virtualizer.options, count: this.rows.length });
    this.virtualizer._willUpdate();
    this.virtualizer.measure();
    this.render();
    this.grid.style.setProperty('--scrollbar', `${this.scroller.offsetWidth - this.scroller.clientWidth}px`);
  }

  private render(): void {
    this.body.style.height = `${this.virtualizer.getTotalSize()}px`;
    const rows: HTMLElement[] = [];
    for (const item of this.virtualizer.getVirtualItems()) {
      const stack = this.rows[item.index];
      if (stack !== undefined) rows.push(this.row(stack, item.index, item.start));
    }
    this.body.replaceChildren(...rows);
  }

  private row(stack: number, index: number, start: number): HTMLElement {
    const { report } = this;
    const { data } = report;
    const value = data.stacks.values[stack]!;
    const own = report.own[stack]!;
    const row = make('div', stack === this.selected ? 'row selected' : 'row');
    row.id = `stack-${stack}`;
    row.setAttribute('role', 'row');
    row.setAttribute('aria-rowindex', String(index + 2));
    row.setAttribute('aria-selected', String(stack === this.selected));
    row.style.transform = `translateY(${start}px)`;
    for (const column of this.columns) {
      const cell = make('span', column);
      cell.setAttribute('role', 'gridcell');
      switch (column) {
        case 'value':
          cell.title = exact(value, data.unit);
          cell.append(make('b', '', signed(value, data.unit, data.isDiff)), make('i', '', percent(value, report.weight)));
          cell.style.setProperty('--share', String(report.weight === 0 ? 0 : Math.abs(value) / report.weight));
          if (value < 0) cell.classList.add('shrank');
          break;
        case 'objects':
          cell.textContent = signed(data.stacks.objects![stack]!, 'count', data.isDiff);
          break;
        case 'name':
          cell.textContent = cell.title = own < 0 ? '(no frames)' : report.name(own);
          break;
        case 'place':
          cell.append(make('bdi', '', report.shortPlace(own)));
          cell.title = report.place(own);
          break;
        case 'module':
          cell.textContent = cell.title = report.module(own);
          break;
        default:
          cell.textContent = cell.title = report.kind(stack);
      }
      row.append(cell);
    }
    row.addEventListener('click', () => this.select(stack));
    return row;
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.grid && event.target !== this.scroller) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / 28) - 1);
    const at = this.rows.indexOf(this.selected);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.rows.length - 1 }[event.key];
    if (next === undefined || this.rows.length === 0) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(this.rows.length - 1, next));
    this.virtualizer.scrollToIndex(place);
    this.select(this.rows[place]!);
  }

  private select(stack: number): void {
    this.selected = stack;
    this.render();
    if (stack >= 0) this.grid.setAttribute('aria-activedescendant', `stack-${stack}`);
    this.onSelect(stack);
  }
}
