// @ts-expect-error the package has no type declarations
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
import type { Colours } from './colours';
import { element, make } from './dom';
import { exact, percent, signed } from './format';
import type { Report } from './report';
import type { Found } from './search';
import { Tooltip } from './tooltip';
import { CallTree, visiblePart, type FlameNode, type TreeNode } from './tree';

const rowHeight = 20;

/** Frames narrower than this, in pixels, are left out until zoomed into. */
const smallestPixels = 1.5;

interface Frame {
  data: FlameNode;
}

/** The flame graph with what the component lacks: data of any size, two directions, what a frame holds, selection. */
export class Flame {
  private tree: CallTree;
  private fromMain = true;
  private icicle = true;
  private focused: TreeNode;
  private selected: TreeNode;
  private found: Found | null = null;
  private width = 0;
  private readonly host = element('flame');
  private readonly details = element('details');
  private readonly tooltip = new Tooltip();

  /** Called when another frame fills the width; null for all. */
  onZoom: (frame: { name: string; stacks: Int32Array } | null) => void = () => {};

  constructor(
    private readonly report: Report,
    private readonly colours: Colours,
  ) {
    this.tree = new CallTree(report, true);
    this.focused = this.selected = this.tree.root;
    let pending = 0;
    new ResizeObserver(() => {
      cancelAnimationFrame(pending);
      pending = requestAnimationFrame(() => this.host.clientWidth !== this.width && this.draw());
    }).observe(this.host);
    this.host.addEventListener('mousemove', (event) => this.hover(event));
    this.host.addEventListener('mouseleave', () => this.tooltip.hide());
    this.host.addEventListener('scroll', () => this.tooltip.hide());
  }

  setDirection(fromMain: boolean): void {
    if (fromMain === this.fromMain) return;
    this.fromMain = fromMain;
    this.tree = new CallTree(this.report, fromMain);
    this.zoom(this.tree.root);
  }

  setIcicle(icicle: boolean): void {
    this.icicle = icicle;
    this.draw();
  }

  /** Marks the frames that a search found; null for none. */
  mark(found: Found | null): void {
    this.found = found;
    this.host.classList.toggle('searching', found !== null);
    this.paint();
  }

  zoom(node: TreeNode): void {
    this.focused = node;
    this.draw();
    this.select(node);
    this.onZoom(node === this.tree.root ? null : { name: this.report.name(node.frame), stacks: this.tree.order.slice(node.from, node.to) });
  }

  reset(): void {
    this.zoom(this.tree.root);
  }

  /** Zooms to the whole stack's last visible frame from the current end. */
  showStack(stack: number): void {
    this.zoom(this.tree.ofStack(stack));
    this.host.focus();
  }

  draw(): void {
    this.width = this.host.clientWidth;
    const width = Math.max(260, this.width);
    const root = visiblePart(this.tree, this.focused, smallestPixels / width, (frame) => this.report.name(frame));
    const chart = flamegraph()
      .width(width)
      .cellHeight(rowHeight)
      .minFrameSize(smallestPixels)
      .transitionDuration(0)
      .inverted(this.icicle)
      .sort((a: Frame, b: Frame) => b.data.node.weight - a.data.node.weight || a.data.node.id - b.data.node.id)
      .tooltip(false)
      .label(() => '')
      .setColorMapper((frame: Frame) => this.colour(frame.data.node))
      .onClick((frame: Frame) => this.zoom(frame.data.node));
    this.host.replaceChildren();
    select(this.host).datum(root).call(chart);
    this.finish();
    this.paint();
    if (!this.icicle) this.host.scrollTop = this.host.scrollHeight;
  }

  /** Colours again, after a search or another theme. */
  paint(): void {
    const frames = select(this.host).selectAll<SVGGElement, Frame>('g.frame');
    frames.classed('found', (frame) => this.isFound(frame.data.node)).classed('selected', (frame) => frame.data.node === this.selected);
    frames.select('rect').attr('fill', (frame) => this.colour((frame as Frame).data.node));
  }

  get atRoot(): boolean {
    return this.focused === this.tree.root;
  }

  /** Frames on screen that a search found, from the root out and from left to right. */
  foundFrames(): TreeNode[] {
    const shown: TreeNode[] = [];
    select(this.host)
      .selectAll<SVGGElement, Frame>('g.frame.found')
      .each((frame) => void shown.push(frame.data.node));
    return shown;
  }

  get current(): TreeNode {
    return this.selected;
  }

  children(node: TreeNode): TreeNode[] {
    return this.tree.children(node);
  }

  get isIcicle(): boolean {
    return this.icicle;
  }

  /** Makes a frame the one that the keys act on, and says what it is. */
  select(node: TreeNode): void {
    this.selected = node;
    this.details.replaceChildren(...this.describe(node));
    const frames = select(this.host).selectAll<SVGGElement, Frame>('g.frame');
    frames.classed('selected', (frame) => frame.data.node === node).attr('aria-selected', (frame) => String(frame.data.node === node));
    this.host.setAttribute('aria-activedescendant', `frame-${node.id}`);
    document.getElementById(`frame-${node.id}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** The component leaves two empty rows, sets labels later and fades frames in; and it names nothing for a screen reader. */
  private finish(): void {
    const svg = this.host.querySelector('svg')!;
    let rows = 0;
    const frames = select(this.host).selectAll<SVGGElement, Frame>('g.frame');
    frames.each((frame) => (rows = Math.max(rows, frame.data.node.depth + 1)));
    const height = Number(svg.getAttribute('height'));
    svg.setAttribute('viewBox', `0 ${this.icicle ? 0 : height - rows * rowHeight} ${svg.getAttribute('width')} ${rows * rowHeight}`);
    svg.setAttribute('height', String(rows * rowHeight));
    svg.setAttribute('role', 'presentation');
    svg.querySelector(':scope > text')?.remove();
    frames
      .attr('id', (frame) => `frame-${frame.data.node.id}`)
      .attr('role', 'treeitem')
      .attr('aria-level', (frame) => frame.data.node.depth + 1)
      .attr('aria-label', (frame) => this.words(frame.data.node))
      .select('title')
      .remove();
    frames.select('rect').attr('width', function () {
      return (this as SVGRectElement).parentElement!.getAttribute('width');
    });
    frames.select('div').text((frame) => (frame as Frame).data.name);
  }

  private hover(event: MouseEvent): void {
    const group = (event.target as Element).closest('g.frame');
    if (!group) {
      this.tooltip.hide();
      return;
    }
    this.tooltip.show(this.describe((select(group).datum() as Frame).data.node), event.clientX, event.clientY);
  }

  private words(node: TreeNode): string {
    const { data } = this.report;
    return `${this.report.name(node.frame)}: ${signed(node.value, data.unit, data.isDiff)} (${percent(node.weight, this.report.weight)})`;
  }

  /** Name, place, and what the frame holds. */
  private describe(node: TreeNode): HTMLElement[] {
    const { data } = this.report;
    this.tree.children(node); // which also sums up what ends here
    const where = [this.report.places(this.tree.lines(node)), this.report.module(node.frame), node.inlined && this.fromMain ? 'inlined' : ''].filter((one) => one !== '');
    const amount = (value: number) => `${signed(value, data.unit, data.isDiff)}`;
    const lines = [make('b', 'name', this.report.name(node.frame))];
    if (where.length > 0) lines.push(make('span', 'where', where.join(' · ')));
    const stacks = node.to - node.from;
    const self = this.fromMain && node.self !== 0 && node.frame >= 0 ? `, itself ${amount(node.self)}` : '';
    const share = data.isDiff ? `${percent(node.weight, this.report.weight)} of all changes` : percent(node.value, this.report.weight);
    lines.push(make('span', 'amount', `${amount(node.value)} (${share})${self}, ${stacks.toLocaleString('en')} ${stacks === 1 ? 'stack' : 'stacks'}`));
    lines[lines.length - 1]!.title = exact(node.value, data.unit);
    return lines;
  }

  private isFound(node: TreeNode): boolean {
    return node.frame >= 0 && this.found?.functions[node.frame] === 1;
  }

  private colour(node: TreeNode): string {
    return this.isFound(node) ? 'var(--found)' : this.colours.of(node.frame, node.value, node.weight);
  }
}
