import { readStacks, type Stacks } from './stacks';

/** What the page is made of: written by HtmlData.cs; the names are the contract between the two. */
export interface ReportData {
  title: string;
  unit: string;
  sampleType: string;
  /** True when values are differences: negative ones shrank. */
  isDiff: boolean;
  hasObjects: boolean;
  /** Of a leak check; absent for other profiles. */
  verdict?: { value: 'Clean' | 'Leaks' | 'NotChecked'; reason: string };
  facts: Named[];
  series: { label: string; total: number }[];
  warnings: string[];
  /** Modules without full debug information, and what would supply it. */
  missing: Named[];
  kinds: string[];
  modules: string[];
  nodes: { name: string[]; file: string[]; line: number[]; module: number[]; origin: number[] };
  stacks: Stacks;
}

export interface Named {
  name: string;
  value: string;
}

/** Whose code a node is. */
export const origin = { program: 0, runtime: 1, allocator: 2 } as const;

/** Reads the embedded data: gzip in base64 of JSON, a zero byte, and the stacks' columns. */
export async function readData(): Promise<ReportData> {
  const host = document.getElementById('data');
  const packed = atob(host?.textContent?.trim() ?? '');
  host?.remove();
  const bytes = new Uint8Array(packed.length);
  for (let index = 0; index < packed.length; index++) bytes[index] = packed.charCodeAt(index);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const plain = new Uint8Array(await new Response(stream).arrayBuffer());
  const end = plain.indexOf(0);
  const report = JSON.parse(new TextDecoder().decode(plain.subarray(0, end))) as Omit<ReportData, 'stacks'>;
  return { ...report, stacks: readStacks(plain.subarray(end + 1), report.hasObjects) };
}
