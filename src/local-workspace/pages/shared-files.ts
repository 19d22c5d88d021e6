import type { IncomingMessage, ServerResponse } from 'node:http';
import { isMultipart, parseMultipart, readBody, sendJson } from '../http.ts';
import type { Workspace } from '../state/workspace.ts';
import { MOST_FILE_BYTES } from '../web-api/file-methods.ts';
import { mimetypeOf, pictureType } from '../web-api/file-types.ts';

const FORM_OVERHEAD_BYTES = 64 * 1024;

/** The bytes of a file, raw or as a part of a form, at the address from `files.getUploadURLExternal`. */
export async function takeUpload(
  workspace: Workspace,
  { request, response, path }: { request: IncomingMessage; response: ServerResponse; path: string },
): Promise<void> {
  const [id = '', ticket] = path.split('/');
  const file = workspace.store.files.get(id);
  if (file === undefined || file.ticket !== ticket || file.stage === 'complete') {
    return sendText(response, 404, 'no such upload');
  }
  const bytes = await bytesOf(request);
  if (bytes?.length !== file.size) return sendText(response, 400, 'not as many bytes as announced');
  await workspace.blobs.put(id, bytes);
  workspace.store.files.put(id, { ...file, mimetype: mimetypeOf(file.name, bytes), stage: 'uploaded' });
  sendText(response, 200, `OK - ${bytes.length}`);
}

/**
 * A shared file. Only pictures that are pictures by their bytes are shown in place; all else is downloaded, for a
 * file that somebody logged could hold a script.
 */
export async function sendFile(workspace: Workspace, response: ServerResponse, path: string): Promise<void> {
  const file = workspace.store.files.get(path.split('/')[0] ?? '');
  const bytes = file?.stage === 'complete' ? await workspace.blobs.get(file.id) : undefined;
  if (file === undefined || bytes === undefined) {
    return sendJson(response, 404, { ok: false, error: 'There is no such file.' });
  }
  const picture = pictureType(bytes);
  const name = encodeURIComponent(file.name).replaceAll("'", '%27');
  response.writeHead(200, {
    'content-type': picture ?? 'application/octet-stream',
    'content-disposition': `${picture ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=3600',
  });
  response.end(bytes);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const body = await readBody(request, MOST_FILE_BYTES + FORM_OVERHEAD_BYTES);
  const type = request.headers['content-type'] ?? '';
  if (!isMultipart(type)) return body;
  const parts = await parseMultipart(body, type).catch(() => ({}));
  return Object.values(parts).find((part) => Buffer.isBuffer(part));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' }).end(text);
}
