import { make } from './dom';

/** Follows the pointer over the flame graph; the same words are below the graph for those who use keys. */
export class Tooltip {
  private readonly box = make('div', 'tooltip');

  constructor() {
    this.box.hidden = true;
    this.box.setAttribute('aria-hidden', 'true');
    document.body.append(this.box);
  }

  show(content: HTMLElement[], x: number, y: number): void {
    this.box.replaceChildren(...content);
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const left = Math.max(8, Math.min(x + 14, innerWidth - width - 8));
    const top = y + 18 + height > innerHeight ? Math.max(8, y - height - 12) : y + 18;
    this.box.style.transform = `translate(${left}px, ${top}px)`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}
