import type { ReportData } from './data';

/** The merged stacks as arrays: a million nodes cost megabytes, not gigabytes. Node 0 is the root. */
export interface Tree {
  node: Int32Array;
  parent: Int32Array;
  firstChild: Int32Array;
  nextSibling: Int32Array;
  /** Signed value, and its absolute sum, which decides the width. */
  value: Float64Array;
  weight: Float64Array;
  count: number;
}

export function buildTree(data: ReportData, callersFirst: boolean): Tree {
  const { frames, starts, values } = data.stacks;
  let capacity = Math.max(1024, Math.min(frames.length + 1, 1 << 16));
  let node = new Int32Array(capacity).fill(-1);
  let parent = new Int32Array(capacity).fill(-1);
  let firstChild = new Int32Array(capacity).fill(-1);
  let nextSibling = new Int32Array(capacity).fill(-1);
  let value = new Float64Array(capacity);
  let weight = new Float64Array(capacity);
  const known = new Map<number, number>();
  const width = data.nodes.name.length + 1;
  let count = 1;

  const grow = () => {
    capacity *= 2;
    const int = (old: Int32Array) => {
      const next = new Int32Array(capacity).fill(-1);
      next.set(old);
      return next;
    };
    const float = (old: Float64Array) => {
      const next = new Float64Array(capacity);
      next.set(old);
      return next;
    };
    [node, parent, firstChild, nextSibling] = [int(node), int(parent), int(firstChild), int(nextSibling)];
    [value, weight] = [float(value), float(weight)];
  };

  for (let stack = 0; stack < values.length; stack++) {
    const from = starts[stack]!;
    const to = starts[stack + 1]!;
    const amount = values[stack]!;
    let at = 0;
    value[0]! += amount;
    weight[0]! += Math.abs(amount);
    for (let index = from; index < to; index++) {
      const frame = frames[callersFirst ? index : to - 1 - (index - from)]!;
      const key = at * width + frame;
      let child = known.get(key);
      if (child === undefined) {
        if (count === capacity) grow();
        child = count++;
        known.set(key, child);
        node[child] = frame;
        parent[child] = at;
        nextSibling[child] = firstChild[at]!;
        firstChild[at] = child;
      }
      at = child;
      value[at]! += amount;
      weight[at]! += Math.abs(amount);
    }
  }
  return { node, parent, firstChild, nextSibling, value, weight, count };
}

/** What the flame graph component takes. */
export interface FlameNode {
  name: string;
  value: number;
  children: FlameNode[];
  /** Index in the tree. */
  index: number;
  fade?: boolean;
}

/**
 * The part of the tree that can be seen: the ancestors of `focus` as a chain of full-width frames, and below it every frame
 * that is at least `smallest` of its width. Keeps the page quick whatever the profile's size.
 */
export function visiblePart(tree: Tree, focus: number, smallest: number, nameOf: (node: number) => string): FlameNode {
  const least = tree.weight[focus]! * smallest;
  const make = (index: number): FlameNode => ({ name: nameOf(tree.node[index]!), value: tree.weight[index]!, children: [], index });
  const top = make(focus);
  const pending = [top];
  for (let item = pending.pop(); item; item = pending.pop()) {
    for (let child = tree.firstChild[item.index]!; child >= 0; child = tree.nextSibling[child]!) {
      if (tree.weight[child]! < least || tree.weight[child] === 0) continue;
      const shown = make(child);
      item.children.push(shown);
      pending.push(shown);
    }
  }
  let whole = top;
  for (let index = tree.parent[focus]!; index >= 0; index = tree.parent[index]!) {
    const above = make(index);
    above.value = top.value;
    above.children.push(whole);
    above.fade = true;
    whole = above;
  }
  return whole;
}
