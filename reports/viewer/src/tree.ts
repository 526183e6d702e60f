import type { Report } from './report';

/** One calling context. Its stacks are order[from] … order[to - 1] of the tree. */
export interface TreeNode {
  /** Place in {@link CallTree.nodes}. */
  id: number;
  /** First node of its function in the report; -1 for the root. */
  frame: number;
  parent: TreeNode | null;
  depth: number;
  from: number;
  to: number;
  /** Signed value, and the sum of absolute values, which decides the width. */
  value: number;
  weight: number;
  /** Value of the stacks that end here. */
  self: number;
  inlined: boolean;
  children: TreeNode[] | null;
}

/**
 * The stacks merged from one end, made only as far as someone looks: a hundred thousand stacks have millions of contexts, and a
 * screen has room for a few thousand.
 */
export class CallTree {
  readonly nodes: TreeNode[] = [];
  readonly root: TreeNode;
  /** Stack numbers, so that those of a node are together. */
  readonly order: Int32Array;
  private readonly spare: Int32Array;

  /** @param fromMain true merges from main on; false from the allocation on. */
  constructor(
    private readonly report: Report,
    private readonly fromMain: boolean,
  ) {
    const { count, values } = report.data.stacks;
    this.order = Int32Array.from({ length: count }, (_, stack) => stack);
    this.spare = new Int32Array(count);
    let value = 0;
    let weight = 0;
    for (const one of values) {
      value += one;
      weight += Math.abs(one);
    }
    this.root = this.add({ frame: -1, parent: null, depth: 0, from: 0, to: count, value, weight, self: 0, inlined: false });
  }

  /** The contexts one further frame in, widest first. */
  children(node: TreeNode): TreeNode[] {
    if (node.children) return node.children;
    const { inlined, starts, values } = this.report.data.stacks;
    const groups = new Map<number, { node: Omit<TreeNode, 'id' | 'children'>; stacks: number }>();
    const ended: number[] = [];
    for (let place = node.from; place < node.to; place++) {
      const stack = this.order[place]!;
      if (starts[stack + 1]! - starts[stack]! === node.depth) {
        node.self += values[stack]!;
        ended.push(stack);
        continue;
      }
      const frame = this.frameAt(stack, node.depth);
      let group = groups.get(frame);
      if (!group) {
        group = { node: { frame, parent: node, depth: node.depth + 1, from: 0, to: 0, value: 0, weight: 0, self: 0, inlined: true }, stacks: 0 };
        groups.set(frame, group);
      }
      group.stacks++;
      if (inlined[this.index(stack, node.depth)] === 0) group.node.inlined = false;
      group.node.value += values[stack]!;
      group.node.weight += Math.abs(values[stack]!);
    }

    const sorted = [...groups.values()].sort((a, b) => b.node.weight - a.node.weight || a.node.frame - b.node.frame);
    let place = node.from + ended.length;
    for (const group of sorted) {
      group.node.from = group.node.to = place;
      place += group.stacks;
    }
    this.spare.set(ended, node.from);
    for (let index = node.from; index < node.to; index++) {
      const stack = this.order[index]!;
      if (starts[stack + 1]! - starts[stack]! === node.depth) continue;
      this.spare[groups.get(this.frameAt(stack, node.depth))!.node.to++] = stack;
    }
    this.order.set(this.spare.subarray(node.from, node.to), node.from);
    node.children = sorted.map((group) => this.add(group.node));
    return node.children;
  }

  /** The context that a whole stack ends in. */
  ofStack(stack: number): TreeNode {
    const { starts } = this.report.data.stacks;
    let node = this.root;
    for (let depth = 0; depth < starts[stack + 1]! - starts[stack]!; depth++) {
      const frame = this.frameAt(stack, depth);
      node = this.children(node).find((child) => child.frame === frame)!;
    }
    return node;
  }

  /** The report's nodes, one for each line, that a context stands for. */
  lines(node: TreeNode): Set<number> {
    const found = new Set<number>();
    if (node.frame < 0) return found;
    for (let place = node.from; place < node.to; place++) found.add(this.report.data.stacks.frames[this.index(this.order[place]!, node.depth - 1)]!);
    return found;
  }

  private index(stack: number, depth: number): number {
    const { starts } = this.report.data.stacks;
    return this.fromMain ? starts[stack]! + depth : starts[stack + 1]! - 1 - depth;
  }

  private frameAt(stack: number, depth: number): number {
    return this.report.functionOf[this.report.data.stacks.frames[this.index(stack, depth)]!]!;
  }

  private add(node: Omit<TreeNode, 'id' | 'children'>): TreeNode {
    const added = { ...node, id: this.nodes.length, children: null };
    this.nodes.push(added);
    return added;
  }
}

/** What the flame graph component takes. */
export interface FlameNode {
  name: string;
  value: number;
  children: FlameNode[];
  node: TreeNode;
  fade?: boolean;
}

/**
 * The part of the tree that can be seen: the callers of `focus` as a chain of full-width frames, and after it every frame that is
 * at least `smallest` of its width.
 */
export function visiblePart(tree: CallTree, focus: TreeNode, smallest: number, nameOf: (frame: number) => string): FlameNode {
  const make = (node: TreeNode): FlameNode => ({ name: nameOf(node.frame), value: node.weight, children: [], node });
  const least = focus.weight * smallest;
  const top = make(focus);
  const pending = [top];
  for (let item = pending.pop(); item; item = pending.pop()) {
    for (const child of tree.children(item.node)) {
      if (child.weight < least || child.weight === 0) break;
      const shown = make(child);
      item.children.push(shown);
      pending.push(shown);
    }
  }
  let whole = top;
  for (let node = focus.parent; node; node = node.parent) whole = { ...make(node), value: top.value, children: [whole], fade: true };
  return whole;
}
