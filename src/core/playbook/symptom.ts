/** The seven symptoms of the guide that people tick in `/perf diagnose`. */
export const SYMPTOMS = [
  'slow_pages',
  'high_response_time',
  'query_timeouts',
  'memory_exhaustion',
  'high_cpu',
  'disk_io',
  'network',
] as const;
export type Symptom = (typeof SYMPTOMS)[number];

/** What a symptom is called, and how it shows. */
export const SYMPTOM_WORDS: Readonly<Record<Symptom, { readonly title: string; readonly shows: string }>> = {
  slow_pages: { title: 'Slow pages', shows: 'Pages load slowly in the browser' },
  high_response_time: { title: 'High response times', shows: 'The server answers late' },
  query_timeouts: { title: 'Query timeouts', shows: 'Database statements are slow or cancelled' },
  memory_exhaustion: { title: 'Memory exhaustion', shows: 'Memory is short, or processes are killed' },
  high_cpu: { title: 'High CPU', shows: 'CPUs are busy, or containers are throttled' },
  disk_io: { title: 'Disk I/O', shows: 'Disks are busy or full' },
  network: { title: 'Network', shows: 'Connections are slow, refused or reset; names do not resolve' },
};
