import type { Report } from './report';

export type Column = 'value' | 'objects' | 'name' | 'place' | 'module' | 'kind';

/** Compares stacks by a column; names are ranked once, so that sorting many stacks compares numbers. */
export class Sorter {
  private readonly ranks = new Map<Column, Int32Array>();

  constructor(private readonly report: Report) {}

  /** Sorts stack numbers in place: numbers by their size, texts by their characters, ties by value. */
  sort(stacks: Int32Array, column: Column, down: boolean): void {
    const { values, objects } = this.report.data.stacks;
    const sign = down ? -1 : 1;
    const tie = (a: number, b: number) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b;
    const numbers = column === 'value' ? values : column === 'objects' ? objects : null;
    if (numbers) {
      stacks.sort((a, b) => sign * (Math.abs(numbers[a]!) - Math.abs(numbers[b]!)) || tie(a, b));
      return;
    }
    const rank = this.rank(column);
    stacks.sort((a, b) => sign * (rank[a]! - rank[b]!) || tie(a, b));
  }

  private rank(column: Column): Int32Array {
    let ranks = this.ranks.get(column);
    if (ranks) return ranks;
    const { report } = this;
    const text = {
      value: () => '',
      objects: () => '',
      name: (stack: number) => report.name(report.own[stack]!),
      place: (stack: number) => report.shortPlace(report.own[stack]!),
      module: (stack: number) => report.module(report.own[stack]!),
      kind: (stack: number) => report.kind(stack),
    }[column];
    const texts = Array.from(report.own, (_, stack) => text(stack));
    const places = new Map([...new Set(texts)].sort().map((one, place) => [one, place]));
    ranks = Int32Array.from(texts, (one) => places.get(one)!);
    this.ranks.set(column, ranks);
    return ranks;
  }
}
