import { formatValue } from '../../unit.ts';
import type { CauseAdvice } from '../cause.ts';
import { type ContainerVerdict, containerRule } from '../container-rule.ts';
import type { ContainerView, PatternRow } from '../container-view.ts';
import { lines } from '../evidence-line.ts';

const LEAST_ERRORS = 10;
const BURST_FACTOR = 3;
const FLOOD_BYTES_PER_SECOND = 1e6;

/** The log holds far more errors than before. */
export const appErrorBurstRule = containerRule({
  id: 'app.error_burst',
  needs: 'logs',
  judge(view): ContainerVerdict | undefined {
    const errors = view.value('logs', 'error_lines');
    const rate = view.value('logs', 'error_lines_per_minute');
    if (errors === undefined || rate === undefined) return undefined;
    const before = view.value('logs', 'error_ratio_before') ?? view.usual('logs', 'error_lines_per_minute');
    const rateText = formatValue(rate, 'per_minute');
    if (errors < LEAST_ERRORS) return { clear: `${errors} errors in its log`, near: errors / LEAST_ERRORS };
    if (before === undefined)
      return { unclear: `${rateText} errors in its log, but nothing to compare with` };
    const text = `${rateText} errors in the log, ${formatValue(before, 'per_minute')} before`;
    if (rate < BURST_FACTOR * before) return { clear: text, near: rate / (BURST_FACTOR * before) };
    const worst = mostGrown(view.patterns);
    return {
      found: {
        title: 'Burst of errors',
        summary: `${view.service}: ${text}${worst ? `, most of them "${worst.pattern.slice(0, 120)}"` : ''}.`,
        confidence: burstConfidence(rate, before, errors, worst),
        evidence: lines(
          view.line('logs', 'error_lines_per_minute', text, BURST_FACTOR * before),
          worst && {
            probe: 'docker.logs',
            metric: 'patterns',
            value: worst.count,
            unit: 'count',
            text: `${worst.count} times (${worst.countBefore} before): ${firstLine(worst.example)}`,
          },
        ),
        against: [],
        advice: [
          {
            title: 'Follow the most frequent error',
            why: 'The message names the call that fails; a refused connection or a timeout points at what it calls.',
            effect: 'reads',
            command: `docker logs --since 15m --timestamps ${view.container}`,
            source: 'https://docs.docker.com/reference/cli/docker/container/logs/',
          },
        ],
      },
    };
  },
});

/** The container writes so much log that writing it costs CPU and disk. */
export const appLogFloodRule = containerRule({
  id: 'app.log_flood',
  needs: 'logs',
  judge(view): ContainerVerdict | undefined {
    const rate = view.value('logs', 'bytes_per_second');
    if (rate === undefined) return undefined;
    const text = `writes ${formatValue(rate, 'bytes_per_second')} of log`;
    if (rate < FLOOD_BYTES_PER_SECOND) return { clear: text, near: rate / FLOOD_BYTES_PER_SECOND };
    const loudest = [...view.patterns].sort((a, b) => b.count - a.count)[0];
    return {
      found: {
        title: 'Flood of log lines',
        summary: `${view.service} ${text}${loudest ? `, mostly "${loudest.pattern.slice(0, 120)}"` : ''}.`,
        confidence: rate >= 3 * FLOOD_BYTES_PER_SECOND ? 0.85 : 0.75,
        evidence: lines(
          view.line('logs', 'bytes_per_second', text, FLOOD_BYTES_PER_SECOND),
          loudest && {
            probe: 'docker.logs',
            metric: 'patterns',
            value: loudest.count,
            unit: 'count',
            text: `loudest line, ${loudest.count} times: ${firstLine(loudest.example)}`,
          },
        ),
        against: [],
        advice: floodAdvice(view),
      },
    };
  },
});

function mostGrown(patterns: readonly PatternRow[]): PatternRow | undefined {
  const errors = patterns.filter(({ level }) => level === 'error' || level === 'fatal');
  return [...errors].sort((a, b) => b.count - b.countBefore - (a.count - a.countBefore))[0];
}

/** One new message that makes up most errors tells more than a general rise; both may be the echo of another fault. */
function burstConfidence(
  rate: number,
  before: number,
  errors: number,
  worst: PatternRow | undefined,
): number {
  const isNew = worst !== undefined && worst.countBefore === 0 && worst.count >= 0.5 * errors;
  if (isNew) return 0.8;
  return rate >= 10 * before ? 0.75 : 0.65;
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, 160);
}

function floodAdvice(view: ContainerView): readonly CauseAdvice[] {
  return [
    {
      title: 'Log less',
      why: 'Every line is formatted by the application and copied by Docker; at this rate both show in the response time.',
      effect: 'changes',
      command: 'LOG_LEVEL=info',
      risk: 'What was logged at a finer level is not there when you look for it.',
      undo: 'set the old level again',
      source: 'https://docs.docker.com/engine/logging/configure/',
    },
    {
      title: 'Rotate the log of the container',
      why: 'The json-file driver keeps everything unless it is told otherwise, until the disk is full.',
      effect: 'reads',
      command: `docker inspect --format '{{json .HostConfig.LogConfig}}' ${view.container}`,
      risk: 'max-size and max-file hold for new containers only: it must be created again.',
      source: 'https://docs.docker.com/engine/logging/drivers/json-file/',
    },
  ];
}
