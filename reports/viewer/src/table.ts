import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ReportData } from './data';
import { format } from './format';

const rowHeight = 26;

type Column = 'value' | 'objects' | 'name' | 'place' | 'kind';

/** The stacks as a sortable table; only the rows in sight are in the document. */
export class StackTable {
  private order: number[];
  private sorted: { column: Column; down: boolean } = { column: 'value', down: true };
  private selected = -1;
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private readonly own: Int32Array;

  constructor(
    private readonly head: HTMLElement,
    private readonly scroller: HTMLElement,
    private readonly body: HTMLElement,
    private readonly detail: HTMLElement,
    private readonly data: ReportData,
  ) {
    const count = data.stacks.values.length;
    this.own = Int32Array.from({ length: count }, (_, stack) => data.stacks.frames[data.stacks.starts[stack + 1]! - 1] ?? -1);
    this.order = Array.from({ length: count }, (_, index) => index);
    this.sort();
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count,
      getScrollElement: () => scroller,
      estimateSize: () => rowHeight,
      overscan: 12,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.render(),
    });
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
    for (const button of head.querySelectorAll<HTMLButtonElement>('button[data-column]'))
      button.addEventListener('click', () => this.sortBy(button.dataset['column'] as Column));
    scroller.addEventListener('keydown', (event) => this.key(event));
    this.heads();
    this.render();
  }

  /** Keeps the stacks with a matching frame. */
  search(term: RegExp | null): number {
    const { nodes, modules, stacks } = this.data;
    const matches = term ? nodes.name.map((name, node) => term.test(name) || term.test(nodes.file[node]!) || term.test(modules[nodes.module[node]!] ?? '')) : null;
    this.order = [];
    for (let stack = 0; stack < stacks.values.length; stack++) {
      let keep = matches === null;
      for (let index = stacks.starts[stack]!; !keep && index < stacks.starts[stack + 1]!; index++) keep = matches![stacks.frames[index]!]!;
      if (keep) this.order.push(stack);
    }
    this.sort();
    this.virtualizer.setOptions({ ...this.virtualizer.options, count: this.order.length });
    this.virtualizer._willUpdate();
    this.virtualizer.measure();
    this.scroller.scrollTop = 0;
    this.render();
    return this.order.length;
  }

  private sortBy(column: Column): void {
    const down = this.sorted.column === column ? !this.sorted.down : column === 'value' || column === 'objects';
    this.sorted = { column, down };
    this.sort();
    this.heads();
    this.render();
  }

  private heads(): void {
    for (const cell of this.head.querySelectorAll<HTMLElement>('[role=columnheader]')) {
      const mine = cell.querySelector<HTMLButtonElement>('button')?.dataset['column'] === this.sorted.column;
      cell.setAttribute('aria-sort', mine ? (this.sorted.down ? 'descending' : 'ascending') : 'none');
    }
  }

  private sort(): void {
    const { values, objects, kinds } = this.data.stacks;
    const sign = this.sorted.down ? -1 : 1;
    const text = (of: (stack: number) => string) => (a: number, b: number) => (of(a) < of(b) ? -sign : of(a) > of(b) ? sign : a - b);
    const number = (list: number[]) => (a: number, b: number) => sign * (Math.abs(list[a]!) - Math.abs(list[b]!)) || a - b;
    this.order.sort(
      {
        value: number(values),
        objects: number(objects),
        name: text((stack) => this.name(stack)),
        place: text((stack) => this.place(stack)),
        kind: text((stack) => kinds[stack] ?? ''),
      }[this.sorted.column],
    );
  }

  private render(): void {
    this.body.style.height = `${this.virtualizer.getTotalSize()}px`;
    this.scroller.setAttribute('aria-rowcount', String(this.order.length));
    const rows: HTMLElement[] = [];
    for (const item of this.virtualizer.getVirtualItems()) {
      const stack = this.order[item.index];
      if (stack === undefined) continue;
      const row = document.createElement('div');
      row.className = stack === this.selected ? 'row selected' : 'row';
      row.setAttribute('role', 'row');
      row.setAttribute('aria-rowindex', String(item.index + 1));
      row.style.transform = `translateY(${item.start}px)`;
      const cells = [
        format(this.data.stacks.values[stack]!, this.data.unit),
        this.data.stacks.objects.length ? this.data.stacks.objects[stack]!.toLocaleString('en') : '',
        this.name(stack),
        this.place(stack),
        this.data.stacks.kinds[stack] ?? '',
      ];
      for (const text of cells) {
        const cell = document.createElement('span');
        cell.setAttribute('role', 'cell');
        cell.textContent = text;
        cell.title = text;
        row.append(cell);
      }
      row.addEventListener('click', () => this.select(stack));
      rows.push(row);
    }
    this.body.replaceChildren(...rows);
  }

  private key(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(this.order.length - 1, this.order.indexOf(this.selected) + step));
    const stack = this.order[place];
    if (stack === undefined) return;
    this.virtualizer.scrollToIndex(place);
    this.select(stack);
  }

  private select(stack: number): void {
    this.selected = stack;
    this.render();
    const { nodes, modules, stacks } = this.data;
    const list = document.createElement('ol');
    for (let index = stacks.starts[stack + 1]! - 1; index >= stacks.starts[stack]!; index--) {
      const node = stacks.frames[index]!;
      const item = document.createElement('li');
      const name = document.createElement('b');
      name.textContent = nodes.name[node]!;
      const place = document.createElement('span');
      place.textContent = ` ${this.position(node)} ${modules[nodes.module[node]!] ?? ''}`;
      item.append(name, place);
      list.append(item);
    }
    this.detail.replaceChildren(list);
  }

  private position(node: number): string {
    const { file, line } = this.data.nodes;
    return file[node] ? `${file[node]}${line[node] ? ':' + line[node] : ''}` : '';
  }

  private name(stack: number): string {
    return this.own[stack]! < 0 ? '' : this.data.nodes.name[this.own[stack]!]!;
  }

  private place(stack: number): string {
    return this.own[stack]! < 0 ? '' : this.position(this.own[stack]!);
  }
}
