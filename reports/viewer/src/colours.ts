import type { Report } from './report';

/** FNV-1a: the same shade for the same name in every report. */
function hash(text: string): number {
  let value = 2166136261;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 16777619) >>> 0;
  return value;
}

/** Far enough apart to tell neighbours from each other; the module that holds most is first. */
const hues = [32, 208, 146, 280, 350, 176, 62, 236, 108, 318];

/** What frames are coloured by: their module, or their source file where the profile names no modules. */
export interface Colours {
  /** The one with most memory first, by whose code asked for it. */
  groups: { name: string; weight: number }[];
  of(frame: number, value: number, weight: number): string;
  ofGroup(name: string): string;
}

/** True when the page is shown dark, by choice or by the system's setting. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Colours by module, or by growth where values are differences. */
export function colours(report: Report): Colours {
  const { data } = report;
  const byModule = data.modules.some((module) => module !== '');
  const group = (frame: number): string => (byModule ? report.module(frame) : data.nodes.file[frame]!.slice(data.nodes.file[frame]!.lastIndexOf('/') + 1));
  const weights = new Map<string, number>();
  for (let frame = 0; frame < data.nodes.name.length; frame++) weights.set(group(frame), 0);
  data.stacks.values.forEach((value, stack) => {
    const own = report.own[stack]!;
    if (own >= 0) weights.set(group(own), weights.get(group(own))! + Math.abs(value));
  });
  weights.delete('');
  const groups = [...weights].map(([name, weight]) => ({ name, weight })).sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
  const hueOf = new Map(groups.map(({ name }, place) => [name, hues[place % hues.length]!]));
  const shade = (name: string, wave: number): string => {
    const hue = hueOf.get(name);
    const [saturation, light] = isDark() ? [42 + (wave % 12), 60 + ((wave >>> 8) % 9)] : [52 + (wave % 14), 72 + ((wave >>> 8) % 9)];
    return hue === undefined ? `hsl(215 8% ${light}%)` : `hsl(${hue} ${saturation}% ${light}%)`;
  };
  return {
    groups,
    ofGroup: (name) => shade(name, 0),
    of(frame, value, weight) {
      if (data.isDiff) return diffColour(value, weight);
      if (frame < 0) return isDark() ? 'hsl(215 8% 58%)' : 'hsl(215 10% 84%)';
      return shade(group(frame), hash(data.nodes.name[frame]!));
    },
  };
}

/** Red for what grew, blue for what shrank, paler the more of it cancels out; told apart with any colour vision. */
export function diffColour(value: number, weight: number): string {
  if (value === 0 || weight === 0) return isDark() ? 'hsl(215 6% 62%)' : 'hsl(215 8% 86%)';
  const strength = Math.min(1, Math.abs(value) / weight);
  const [pale, full] = isDark() ? [72, 60] : [90, 68];
  const light = pale + (full - pale) * strength;
  return value > 0 ? `hsl(10 ${40 + 45 * strength}% ${light}%)` : `hsl(212 ${40 + 40 * strength}% ${light}%)`;
}
