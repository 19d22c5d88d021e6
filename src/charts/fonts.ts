import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlobalFonts } from 'canvas';

/** Our own name for the bundled font, so that a font of the machine can never stand in for it. */
const FAMILY = 'perfbot-sans';

/** CSS font in the bundled face; `size` in pixels. */
export function font(size: number, weight: 'normal' | 'bold' = 'normal'): string {
  return `${weight} ${size}px ${FAMILY}`;
}

/** The same for Chart.js, which takes a font apart. */
export function chartFont(size: number): { readonly family: string; readonly size: number } {
  return { family: FAMILY, size };
}

/** Makes DejaVu Sans known to the canvas: a container image often has no font at all, and text would be left out. */
export function registerFonts(): void {
  if (GlobalFonts.has(FAMILY)) return;
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')),
    'ttf',
  );
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    GlobalFonts.registerFromPath(join(folder, file), FAMILY);
  }
}
