import { extname } from 'node:path';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.log': 'text/plain',
  '.sql': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.html': 'text/html',
};

/** Pictures that a browser may show in place, by their first bytes: a name can lie. */
export function pictureType(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 12).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'image/gif';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'image/webp';
  return undefined;
}

/** What a file is said to be. Only what `pictureType` knows is ever served as a picture. */
export function mimetypeOf(name: string, bytes: Buffer): string {
  const picture = pictureType(bytes);
  if (picture !== undefined) return picture;
  const guessed = BY_EXTENSION[extname(name).toLowerCase()] ?? 'application/octet-stream';
  return guessed.startsWith('image/') ? 'text/plain' : guessed;
}
