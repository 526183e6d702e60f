import type { Colours } from './colours';
import { element, make } from './dom';
import { percent } from './format';
import type { Report } from './report';

/** Modules or files named in the legend; the rest are too small to look for by colour. */
const most = 8;

/** Explains the colours; a module's (or file's) button searches for it. */
export class Legend {
  private readonly host = element('legend');

  constructor(
    private readonly report: Report,
    private readonly colours: Colours,
    private readonly search: (text: string) => void,
  ) {
    this.draw();
  }

  /** The button of the module that is searched is pressed. */
  mark(text: string): void {
    for (const button of this.host.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset['group'] === text));
  }

  draw(): void {
    if (this.report.data.isDiff) {
      const scale = make('span', 'scale');
      scale.setAttribute('aria-hidden', 'true');
      this.host.replaceChildren(make('span', '', 'shrank'), scale, make('span', '', 'grew'), make('span', 'quiet', 'width: how much changed; grey: gains and losses cancel out'));
      return;
    }
    const { groups } = this.colours;
    const shown = groups.slice(0, most);
    this.host.replaceChildren(...shown.map(({ name, weight }) => this.chip(name, weight)));
    if (groups.length > most) this.host.append(make('span', 'quiet', `and ${groups.length - most} more`));
  }

  private chip(name: string, weight: number): HTMLElement {
    const swatch = make('i', 'swatch');
    swatch.style.background = this.colours.ofGroup(name);
    const button = make('button', 'chip', '', swatch, make('span', 'name', name));
    if (weight > 0) button.append(make('span', 'quiet', percent(weight, this.report.weight)));
    button.type = 'button';
    button.dataset['group'] = name;
    button.title = `Show the frames of ${name}. The share is of memory that its code asked for.`;
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('click', () => this.search(button.getAttribute('aria-pressed') === 'true' ? '' : name));
    return button;
  }
}
