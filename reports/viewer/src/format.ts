const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const timeUnits: [string, number][] = [['h', 3600e9], ['min', 60e9], ['s', 1e9], ['ms', 1e6], ['µs', 1e3], ['ns', 1]];
const minus = '\u2212';

/** A value with its unit, in steps of 1,024 for bytes; two decimals at most. */
export function format(value: number, unit: string): string {
  const size = Math.abs(value);
  const sign = value < 0 ? minus : '';
  if (unit === 'bytes') {
    const step = size < 1024 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(size) / 10));
    return `${sign}${decimals(size / 1024 ** step)} ${byteUnits[step]}`;
  }
  if (unit === 'nanoseconds') {
    const [name, factor] = timeUnits.find(([, one]) => size >= one) ?? ['ns', 1];
    return `${sign}${decimals(size / factor)} ${name}`;
  }
  return sign + size.toLocaleString('en') + (unit === 'count' || unit === '' ? '' : ' ' + unit);
}

/** With a plus sign where values are differences. */
export function signed(value: number, unit: string, isDiff: boolean): string {
  return (isDiff && value > 0 ? '+' : '') + format(value, unit);
}

/** To the last unit: 17,857,727 bytes; 1 object. */
export function exact(value: number, unit: string): string {
  const name = Math.abs(value) === 1 && unit.endsWith('s') ? unit.slice(0, -1) : unit;
  return (value < 0 ? minus : '') + Math.abs(value).toLocaleString('en') + (unit === 'count' || unit === '' ? '' : ' ' + name);
}

/** Whole numbers with separators. */
export function count(value: number, name: string): string {
  return `${value.toLocaleString('en').replace('-', minus)} ${name}${Math.abs(value) === 1 ? '' : 's'}`;
}

export function percent(value: number, total: number): string {
  if (total === 0 || value === 0) return '0%';
  const share = (100 * Math.abs(value)) / total;
  return (share !== 0 && share < 0.01 ? '<0.01' : share >= 99.995 ? '100' : share.toFixed(share < 10 ? 2 : 1)) + '%';
}

function decimals(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}
