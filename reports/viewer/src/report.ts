import { origin, type ReportData } from './data';

/** Lines of a file, and files, that are named where a frame stands for several. */
const mostLines = 6;
const mostFiles = 2;

/** What the parts of the page ask of the data. */
export class Report {
  /** Sums over all stacks: signed, absolute, and of what grew. */
  readonly value: number;
  readonly weight: number;
  readonly objects: number;
  /** For each stack the frame that answers for it: the innermost of the program's own code; -1 for an empty stack. */
  readonly own: Int32Array;
  /** For each node the first one of the same function: the flame graph has a frame for each function, whatever line called on. */
  readonly functionOf: Int32Array;

  constructor(readonly data: ReportData) {
    const { count, values, objects } = data.stacks;
    this.value = values.reduce((sum, value) => sum + value, 0);
    this.weight = values.reduce((sum, value) => sum + Math.abs(value), 0);
    this.objects = objects?.reduce((sum, value) => sum + value, 0) ?? 0;
    this.functionOf = functions(data);
    this.own = Int32Array.from({ length: count }, (_, stack) => this.innermost(stack));
  }

  name(frame: number): string {
    return frame < 0 ? 'all' : this.data.nodes.name[frame]!;
  }

  /** file:line, as the debug information has it; empty when unknown. */
  place(frame: number): string {
    if (frame < 0) return '';
    const file = this.data.nodes.file[frame]!;
    const line = this.data.nodes.line[frame]!;
    return file === '' || line === 0 ? file : `${file}:${line}`;
  }

  /** The places of several nodes of a function, those in one file as its path and the lines; empty when none is known. */
  places(frames: Iterable<number>): string {
    const files = new Map<string, Set<number>>();
    for (const frame of frames) {
      const file = this.data.nodes.file[frame]!;
      if (file === '') continue;
      if (!files.has(file)) files.set(file, new Set());
      if (this.data.nodes.line[frame]! !== 0) files.get(file)!.add(this.data.nodes.line[frame]!);
    }
    const words = [...files].map(([file, set]) => {
      const lines = [...set].sort((a, b) => a - b);
      const rest = lines.length - mostLines;
      return lines.length === 0 ? file : `${file}:${lines.slice(0, mostLines).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    });
    return words.slice(0, mostFiles).join(' · ') + (words.length > mostFiles ? ` and ${words.length - mostFiles} more files` : '');
  }

  /** The same without folders: what tells places apart comes last in a path. */
  shortPlace(frame: number): string {
    const place = this.place(frame);
    return place.slice(place.lastIndexOf('/') + 1);
  }

  module(frame: number): string {
    return frame < 0 ? '' : this.data.modules[this.data.nodes.module[frame]!]!;
  }

  isOwn(frame: number): boolean {
    return this.data.nodes.origin[frame] === origin.program;
  }

  kind(stack: number): string {
    return this.data.kinds[this.data.stacks.kinds[stack]!]!;
  }

  private innermost(stack: number): number {
    const { frames, starts } = this.data.stacks;
    const end = starts[stack + 1]!;
    let runtime = -1;
    for (let index = end - 1; index >= starts[stack]!; index--) {
      const from = this.data.nodes.origin[frames[index]!];
      if (from === origin.program) return frames[index]!;
      if (from === origin.runtime && runtime < 0) runtime = frames[index]!;
    }
    return runtime >= 0 ? runtime : end > starts[stack]! ? frames[end - 1]! : -1;
  }
}

function functions({ nodes }: ReportData): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(nodes.name, (name, node) => {
    const key = `${nodes.module[node]!} ${name}`;
    if (!first.has(key)) first.set(key, node);
    return first.get(key)!;
  });
}
