import { toAnyProbe } from '../../engine/any-probe.ts';
import type { Probe } from '../../engine/ports/probe.ts';
import type { Browser } from './browser.ts';
import { frontendBuildProbe } from './build.ts';
import { frontendLighthouseProbe } from './lighthouse.ts';
import { frontendPageProbe } from './page.ts';

/** Probes of what a browser loads. */
export function frontendProbes({ browser }: { readonly browser: Browser }): readonly Probe[] {
  return [
    toAnyProbe(frontendPageProbe()),
    toAnyProbe(frontendBuildProbe()),
    toAnyProbe(frontendLighthouseProbe(browser)),
  ];
}
