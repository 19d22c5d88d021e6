import { describe, expect, it } from 'vitest';
import { fillFromForecast } from '../../../src/core/checklist/fill-history.ts';

const DAY = 86_400_000;

describe('fillFromForecast', () => {
  const disk = (label: string, perDay: number, days = 28) => ({
    target: 'host:local',
    metric: 'disk_used_ratio',
    label,
    service: 'host',
    daily: Array.from({ length: days }, (_, day) => ({ at: day * DAY, value: 0.4 + perDay * day })),
  });

  it('says when limits are reached, the nearest first', () => {
    const filling = fillFromForecast([disk('/', 0), disk('/var', 0.005)], 28 * DAY);
    expect(filling.results?.map(({ title, text }) => `${title}: ${text}`)).toEqual([
      expect.stringMatching(/^Disk \/var of host: 53.* used, full in 93 days/),
      'Disk / of host: 40 % used, no trend',
    ]);
    expect(filling.severity).toBe('ok');
    expect(fillFromForecast([disk('/', 0.02)], 0).severity).toBe('critical');
  });

  it('knows nothing with too little history', () => {
    expect(fillFromForecast([disk('/', 0.01, 3)], 0)).toMatchObject({ severity: 'unknown', unmeasured: 1 });
    expect(fillFromForecast([], 0)).toMatchObject({ severity: 'unknown', results: [] });
  });
});
