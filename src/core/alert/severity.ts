import type { Severity } from '../severity.ts';
import type { Alert, Labels } from './alert.ts';

const CRITICAL = new Set([
  'critical',
  'crit',
  'page',
  'error',
  'high',
  'fatal',
  'emergency',
  'alert',
  'p1',
  'p2',
  'sev0',
  'sev1',
  'major',
  'disaster',
]);

/** Severity that the labels claim. Everything that is not clearly critical is a warning: an alert is never `ok`. */
export function labelSeverity(labels: Labels): Extract<Severity, 'warning' | 'critical'> {
  const claimed = labels.severity ?? labels.priority ?? labels.level ?? '';
  return CRITICAL.has(claimed.trim().toLowerCase()) ? 'critical' : 'warning';
}

/** The name of an alert for people: `HighResponseTime` becomes `High response time`. */
export function alertTitle({ labels, annotations }: Pick<Alert, 'labels' | 'annotations'>): string {
  const name = labels.alertname ?? annotations.title ?? annotations.summary ?? 'Alert without a name';
  if (/\s/.test(name)) return name;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .split(' ')
    .map((word, index) => (index === 0 || /^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase()));
  return words.join(' ');
}
