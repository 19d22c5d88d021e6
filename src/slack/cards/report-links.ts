import type { Report } from '../../core/report.ts';
import type { Link } from '../blocks/buttons.ts';
import type { RendererOptions } from '../renderer-options.ts';

/** Links into other tools that show the time a report is about: its span, else that of the run. */
export function reportLinks(report: Report, { links }: RendererOptions): readonly Link[] {
  const { service, focus, startedAt, durationMs, span } = report;
  return (
    links?.({
      service: service ?? focus?.service,
      ...(span ?? { from: startedAt, to: startedAt + durationMs }),
      focus,
    }) ?? []
  );
}
