import { element } from './dom';
import type { Flame } from './flame';

/** The flame graph without a mouse: along the calls, to the neighbours, in and out, from one search result to the next. */
export function startFlameKeys(flame: Flame): void {
  element('flame').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = flame.current;
    const deeper = flame.isIcicle ? 'ArrowDown' : 'ArrowUp';
    const back = flame.isIcicle ? 'ArrowUp' : 'ArrowDown';
    const neighbour = (step: number) => {
      const siblings = at.parent ? flame.children(at.parent) : [at];
      return siblings[siblings.indexOf(at) + step];
    };
    const target = {
      [deeper]: () => flame.children(at)[0],
      [back]: () => at.parent ?? undefined,
      ArrowLeft: () => neighbour(-1),
      ArrowRight: () => neighbour(1),
      n: () => nextFound(flame, 1),
      N: () => nextFound(flame, -1),
    }[event.key];
    if (target) {
      const node = target();
      if (node) flame.select(node);
    } else if (event.key === 'Enter' || event.key === ' ') {
      flame.zoom(at);
    } else if (event.key === 'Backspace') {
      flame.zoom(at.parent ?? at);
    } else if (event.key === 'Escape') {
      flame.reset();
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** The found frame after (or before) the current one; from the last to the first again. */
export function nextFound(flame: Flame, step: 1 | -1) {
  const found = flame.foundFrames();
  if (found.length === 0) return undefined;
  const at = found.indexOf(flame.current);
  return found[(at < 0 ? (step > 0 ? 0 : found.length - 1) : at + step + found.length) % found.length];
}
