import type { Table } from '../../core/evidence.ts';
import { redactSecrets } from '../../core/logs/redact-secrets.ts';
import { parseDockerTime } from './container-facts.ts';
import type { ContainerDetails } from './schemas.ts';

const MAX_OUTPUT = 300;

/** The last health checks, newest first, with how long each took; nothing for a container without any. */
export function healthTables({ State }: ContainerDetails): readonly Table[] {
  const log = State.Health?.Log ?? [];
  if (log.length === 0) return [];
  return [
    {
      name: 'health_checks',
      title: 'Last health checks',
      columns: [
        { name: 'at', title: 'Started', unit: 'timestamp' },
        { name: 'duration_ms', title: 'Took', unit: 'ms' },
        { name: 'exit_code', title: 'Exit code' },
        { name: 'output', title: 'Output', format: 'log' },
      ],
      rows: log.toReversed().map(({ Start, End, ExitCode, Output }) => {
        const at = parseDockerTime(Start ?? '');
        const end = parseDockerTime(End ?? '');
        return [
          at ?? null,
          at === undefined || end === undefined ? null : end - at,
          String(ExitCode),
          redactSecrets(Output.trim()).slice(0, MAX_OUTPUT),
        ];
      }),
    },
  ];
}
