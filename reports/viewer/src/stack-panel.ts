import { element, make } from './dom';
import { count, percent, signed } from './format';
import type { Report } from './report';
import type { Found } from './search';

/** The frames of the chosen stack, the allocation first. */
export class StackPanel {
  private readonly host = element('stack');
  private stack = -1;
  private found: Found | null = null;

  constructor(
    private readonly report: Report,
    private readonly zoom: (stack: number) => void,
  ) {}

  mark(found: Found | null): void {
    this.found = found;
    this.show(this.stack);
  }

  show(stack: number): void {
    this.stack = stack;
    if (stack < 0) {
      this.host.replaceChildren(make('p', 'quiet', 'Choose a stack to see its frames.'));
      return;
    }
    const { report } = this;
    const { data } = report;
    const { values, objects } = data.stacks;
    const parts = [percent(values[stack]!, report.weight), objects ? (data.isDiff && objects[stack]! > 0 ? '+' : '') + count(objects[stack]!, 'object') : '', report.kind(stack)].filter((part) => part !== '');
    const zoom = make('button', '', 'Show in flame graph');
    zoom.type = 'button';
    zoom.addEventListener('click', () => this.zoom(stack));
    const copy = make('button', '', 'Copy');
    copy.type = 'button';
    copy.addEventListener('click', () => void this.copy(copy));
    const list = make('ol');
    for (const [frame, inlined] of this.frames()) list.append(this.line(frame, inlined));
    this.host.replaceChildren(
      make('h3', '', signed(values[stack]!, data.unit, data.isDiff), make('span', 'quiet', ` ${parts.join(', ')}`)),
      make('p', 'actions', '', zoom, copy),
      list,
    );
  }

  private line(frame: number, inlined: boolean): HTMLElement {
    const { report } = this;
    const style = [report.isOwn(frame) ? 'own' : 'other', frame === report.own[this.stack]! ? 'answers' : '', this.found?.nodes[frame] ? 'found' : ''];
    const where = [report.place(frame), report.module(frame)].filter((one) => one !== '').join(' · ');
    const item = make('li', style.join(' ').trim(), '', make('b', '', report.name(frame)));
    if (inlined) item.append(make('i', '', 'inlined'));
    if (where !== '') item.append(make('span', '', where));
    return item;
  }

  private frames(): [number, boolean][] {
    const { frames, inlined, starts } = this.report.data.stacks;
    const found: [number, boolean][] = [];
    for (let index = starts[this.stack + 1]! - 1; index >= starts[this.stack]!; index--) found.push([frames[index]!, inlined[index] === 1]);
    return found;
  }

  private async copy(button: HTMLButtonElement): Promise<void> {
    const { report } = this;
    const { values } = report.data.stacks;
    const lines = this.frames().map(([frame]) => `    ${report.name(frame)}${report.place(frame) ? ` at ${report.place(frame)}` : ''}${report.module(frame) ? ` (${report.module(frame)})` : ''}`);
    const text = [signed(values[this.stack]!, report.data.unit, report.data.isDiff), ...lines].join('\n') + '\n';
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'No clipboard here';
    }
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  }
}
