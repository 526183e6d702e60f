// @ts-expect-error the package has no type declarations
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import type { ReportData } from './data';
import { diffColour, moduleColour } from './colours';
import { format, percent } from './format';
import { buildTree, visiblePart, type FlameNode, type Tree } from './tree';

/** Frames narrower than this, in pixels, are left out until zoomed into. */
const smallestPixels = 1.5;

interface Frame {
  data: FlameNode;
}

/** The flame graph with what the component lacks: data of any size, keyboard, two directions. */
export class Flame {
  private tree: Tree;
  private callersFirst = true;
  private icicle = false;
  private focus = 0;
  private selected = 0;
  private term: RegExp | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly details: HTMLElement,
    private readonly data: ReportData,
  ) {
    this.tree = buildTree(data, true);
    host.addEventListener('keydown', (event) => this.key(event));
    let pending = 0;
    new ResizeObserver(() => {
      cancelAnimationFrame(pending);
      pending = requestAnimationFrame(() => this.draw());
    }).observe(host);
  }

  setDirection(callersFirst: boolean): void {
    if (callersFirst === this.callersFirst) return;
    this.callersFirst = callersFirst;
    this.tree = buildTree(this.data, callersFirst);
    this.focus = this.selected = 0;
    this.draw();
  }

  setIcicle(icicle: boolean): void {
    this.icicle = icicle;
    this.draw();
  }

  /** Marks frames whose name, file or module matches; returns the share of the total they hold. */
  search(term: RegExp | null): number {
    this.term = term;
    this.draw();
    if (!term) return 0;
    const matches = this.data.nodes.name.map((_, node) => this.matches(node));
    let sum = 0;
    const { frames, starts, values } = this.data.stacks;
    for (let stack = 0; stack < values.length; stack++) {
      for (let index = starts[stack]!; index < starts[stack + 1]!; index++) {
        if (matches[frames[index]!]) {
          sum += Math.abs(values[stack]!);
          break;
        }
      }
    }
    return sum;
  }

  reset(): void {
    this.focus = this.selected = 0;
    this.draw();
  }

  draw(): void {
    const width = Math.max(300, this.host.clientWidth - 2);
    const root = visiblePart(this.tree, this.focus, smallestPixels / width, (node) => this.name(node));
    const chart = flamegraph()
      .width(width)
      .cellHeight(18)
      .minFrameSize(smallestPixels)
      .transitionDuration(0)
      .inverted(this.icicle)
      .sort((a: Frame, b: Frame) => this.tree.weight[b.data.index]! - this.tree.weight[a.data.index]! || a.data.index - b.data.index)
      .tooltip(false)
      .label((frame: Frame) => this.describe(frame.data.index))
      .setColorMapper((frame: Frame) => this.colour(frame.data.index))
      .onClick((frame: Frame) => this.zoom(frame.data.index))
      .onHover((frame: Frame) => this.show(frame.data.index));
    this.host.replaceChildren();
    select(this.host).datum(root).call(chart);
    // The component fades frames in; a report that is redrawn at every key would only flicker.
    for (const frame of this.host.querySelectorAll('g.frame')) frame.querySelector('rect')?.setAttribute('width', frame.getAttribute('width') ?? '0');
    const svg = this.host.querySelector('svg');
    svg?.setAttribute('role', 'img');
    svg?.setAttribute('aria-label', `Flame graph of ${this.data.title}; use the arrow keys to walk it`);
    this.mark();
  }

  private zoom(index: number): void {
    this.focus = this.selected = index;
    this.draw();
    this.show(index);
  }

  /** Up and down go to caller and callee, left and right to neighbours, Enter zooms, Escape goes back to all. */
  private key(event: KeyboardEvent): void {
    const tree = this.tree;
    const at = this.selected;
    const away = this.icicle ? 'ArrowDown' : 'ArrowUp';
    const back = this.icicle ? 'ArrowUp' : 'ArrowDown';
    const siblings = at > 0 ? this.children(tree.parent[at]!) : [0];
    const place = siblings.indexOf(at);
    let next = at;
    if (event.key === away) next = this.children(at)[0] ?? at;
    else if (event.key === back) next = Math.max(0, tree.parent[at]!);
    else if (event.key === 'ArrowLeft') next = siblings[place - 1] ?? at;
    else if (event.key === 'ArrowRight') next = siblings[place + 1] ?? at;
    else if (event.key === 'Enter') this.zoom(at);
    else if (event.key === 'Escape') this.reset();
    else return;
    event.preventDefault();
    if (event.key.startsWith('Arrow')) {
      this.selected = next;
      this.mark();
      this.show(next);
    }
  }

  private children(index: number): number[] {
    const found: number[] = [];
    for (let child = this.tree.firstChild[index]!; child >= 0; child = this.tree.nextSibling[child]!) found.push(child);
    return found.sort((a, b) => this.tree.weight[b]! - this.tree.weight[a]! || a - b);
  }

  private mark(): void {
    select(this.host)
      .selectAll<SVGGElement, Frame>('g.frame')
      .classed('selected', (frame) => frame.data.index === this.selected)
      .classed('found', (frame) => this.term !== null && this.matches(this.tree.node[frame.data.index]!));
  }

  private show(index: number): void {
    this.details.textContent = this.describe(index);
  }

  private describe(index: number): string {
    const node = this.tree.node[index]!;
    const { nodes, modules, unit } = this.data;
    const value = this.tree.value[index]!;
    const share = percent(value, this.tree.weight[0]!);
    if (node < 0) return `all: ${format(value, unit)}`;
    const place = nodes.file[node] ? ` at ${nodes.file[node]}${nodes.line[node] ? ':' + nodes.line[node] : ''}` : '';
    const module = modules[nodes.module[node]!] ?? '';
    return `${nodes.name[node]}${place}${module ? ` in ${module}` : ''}: ${format(value, unit)} (${share})`;
  }

  private name(node: number): string {
    return node < 0 ? 'all' : this.data.nodes.name[node]!;
  }

  private matches(node: number): boolean {
    if (node < 0 || !this.term) return false;
    const { nodes, modules } = this.data;
    return this.term.test(nodes.name[node]!) || this.term.test(nodes.file[node]!) || this.term.test(modules[nodes.module[node]!] ?? '');
  }

  private colour(index: number): string {
    const node = this.tree.node[index]!;
    if (this.term && this.matches(node)) return 'hsl(300 90% 72%)';
    if (this.data.isDiff) return diffColour(this.tree.value[index]!, this.tree.weight[index]!);
    if (node < 0) return 'hsl(0 0% 82%)';
    return moduleColour(this.data.modules[this.data.nodes.module[node]!] ?? '', this.data.nodes.name[node]!);
  }
}
