/** FNV-1a: the same colour for the same name in every report. */
export function hash(text: string): number {
  let value = 2166136261;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 16777619) >>> 0;
  return value;
}

/** One hue per module, one shade per function. */
export function moduleColour(module: string, name: string): string {
  return `hsl(${hash(module) % 360} ${50 + (hash(name) % 20)}% ${68 + (hash(name) % 13)}%)`;
}

/** Red for what grew, blue for what shrank, by how much of the frame's own weight; grey for unchanged. */
export function diffColour(value: number, weight: number): string {
  if (value === 0 || weight === 0) return 'hsl(0 0% 85%)';
  const strength = Math.min(1, Math.abs(value) / weight);
  return value > 0 ? `hsl(8 80% ${88 - 33 * strength}%)` : `hsl(215 75% ${88 - 33 * strength}%)`;
}
