/** What the page is made of: written by HtmlView.cs; the names are the contract between the two. */
export interface ReportData {
  facts: Fact[];
  title: string;
  unit: string;
  sampleType: string;
  /** True when values are differences: negative ones shrank. */
  isDiff: boolean;
  nodes: { name: string[]; file: string[]; line: number[]; module: number[] };
  modules: string[];
  /** Stacks, root first: frames of stack i are frames[starts[i]] … frames[starts[i + 1] - 1]. */
  stacks: { frames: number[]; starts: number[]; values: number[]; objects: number[]; kinds: string[] };
  series: { label: string; total: number }[];
  warnings: string[];
}

export interface Fact {
  name: string;
  value: string;
}

/** Reads the embedded data: gzip in base64, so that 100,000 stacks stay a file one can mail. */
export async function readData(): Promise<ReportData> {
  const text = document.getElementById('data')?.textContent ?? '';
  const binary = atob(text.trim());
  const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(plain).json()) as ReportData;
}
