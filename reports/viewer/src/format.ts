const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A value with its unit, in steps of 1,024 for bytes. */
export function format(value: number, unit: string): string {
  if (unit !== 'bytes') return value.toLocaleString('en') + (unit === 'count' || unit === '' ? '' : ' ' + unit);
  let scaled = value;
  let step = 0;
  while (Math.abs(scaled) >= 1024 && step < byteUnits.length - 1) {
    scaled /= 1024;
    step++;
  }
  return (step === 0 ? String(scaled) : scaled.toFixed(2)) + ' ' + byteUnits[step];
}

export function percent(value: number, total: number): string {
  return total === 0 ? '0%' : ((100 * Math.abs(value)) / total).toFixed(2) + '%';
}
