import type { Report } from './report';

/** What a search finds. */
export interface Found {
  /** 1 for each matching node. */
  nodes: Uint8Array;
  /** 1 for the first node of each function that has a matching node. */
  functions: Uint8Array;
  /** 1 for each stack with a matching frame. */
  stacks: Uint8Array;
  count: number;
  /** Signed and absolute sums of those stacks. */
  value: number;
  weight: number;
}

/** A plain text is searched as it is, in any case; between slashes it is a regular expression. Throws on a wrong one. */
export function pattern(text: string): RegExp | null {
  if (text === '') return null;
  const slashes = /^\/(.+)\/$/.exec(text);
  return new RegExp(slashes ? slashes[1]! : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

/** Stacks with a frame whose function, file or module matches. */
export function find({ data, functionOf }: Report, term: RegExp): Found {
  const modules = data.modules.map((module) => term.test(module));
  const files = new Map<string, boolean>();
  const file = (path: string): boolean => {
    let matches = files.get(path);
    if (matches === undefined) files.set(path, (matches = term.test(path)));
    return matches;
  };
  const nodes = Uint8Array.from(data.nodes.name, (name, node) => Number(modules[data.nodes.module[node]!]! || term.test(name) || file(data.nodes.file[node]!)));
  const { count, frames, starts, values } = data.stacks;
  const functions = new Uint8Array(nodes.length);
  nodes.forEach((matches, node) => matches && (functions[functionOf[node]!] = 1));
  const found: Found = { nodes, functions, stacks: new Uint8Array(count), count: 0, value: 0, weight: 0 };
  for (let stack = 0; stack < count; stack++) {
    for (let index = starts[stack]!; index < starts[stack + 1]!; index++) {
      if (!nodes[frames[index]!]) continue;
      found.stacks[stack] = 1;
      found.count++;
      found.value += values[stack]!;
      found.weight += Math.abs(values[stack]!);
      break;
    }
  }
  return found;
}
