import sharp from 'sharp';
import type { Pixels } from './chart-canvas.ts';

/**
 * Pixels as PNG. Flat colours pack well even at the lowest effort; a higher one, row filters or a palette cost several
 * times the time for little (`npm run bench:charts`). The pixels are opaque, so alpha is left out.
 */
export async function encodePng({ width, height, rgba }: Pixels): Promise<Uint8Array> {
  return sharp(rgba, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .png({ compressionLevel: 1, adaptiveFiltering: false, palette: false })
    .toBuffer();
}
