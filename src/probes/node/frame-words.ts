import { fileURLToPath } from 'node:url';
import type { Frame } from './call-tree.ts';

/** Whose code a frame is: of the application, of a package that it uses, of Node, or of V8 itself. */
export type FrameKind = 'application' | 'library' | 'node' | 'engine';

/** Long enough for every name that somebody wrote, short enough for a table. */
const MOST_NAME = 120;
const MOST_PLACE = 200;

/** Files of packages lie in `node_modules`, also with pnpm; Yarn may keep them in archives. */
const LIBRARY = /[\\/]node_modules[\\/]|[\\/]\.yarn[\\/](?:cache|unplugged|__virtual__)[\\/]/;
const FILE = /^(?:file:\/\/|\/|[A-Za-z]:[\\/])/;
/** Code that somebody wrote and V8 knows by another name than a file: `node -e`, `vm`, and what webpack evaluates in development. */
const UNFILED = /^(?:\[eval|evalmachine|webpack)/;

export function kindOf({ url }: Frame): FrameKind {
  if (url.startsWith('node:')) return 'node';
  if (!FILE.test(url) && !UNFILED.test(url)) return 'engine';
  return LIBRARY.test(url) ? 'library' : 'application';
}

/** The path of the file that a frame is in; undefined for what is in none. */
export function fileOf({ url }: Frame): string | undefined {
  if (!FILE.test(url)) return undefined;
  if (!url.startsWith('file:')) return url;
  try {
    return fileURLToPath(url, { windows: false });
  } catch {
    return undefined;
  }
}

/** The name of a function for people; V8 gives none to some. */
export function nameOf({ name }: Frame): string {
  return printable(name, MOST_NAME) || '(anonymous)';
}

/** Where a function stands, from the folder of the program on: `src/orders.js:12`; empty for what is in no file. */
export function placeOf(frame: Frame, folder: string): string {
  const file = fileOf(frame) ?? (kindOf(frame) === 'engine' ? '' : frame.url);
  if (file === '') return '';
  const inside = folder !== '' && folder !== '/' && file.startsWith(`${folder}/`);
  // What is outside of the folder is known by the end of its path.
  const shown = printable(inside ? file.slice(folder.length + 1) : file, Number.POSITIVE_INFINITY);
  const cut = shown.length > MOST_PLACE ? `…${shown.slice(1 - MOST_PLACE)}` : shown;
  return frame.line > 0 ? `${cut}:${frame.line}` : cut;
}

/** Names come from the program: control characters and marks that turn the direction of text have no business in them. */
export function printable(text: string, most: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
