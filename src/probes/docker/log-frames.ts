/** One line of a container's log as it was written. `at` in milliseconds since the epoch. */
export interface LogLine {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

const HEADER_BYTES = 8;
/** The engine cuts longer lines into frames of this size (Docker: `daemon/logger`, 16 kB). */
const FRAME_BYTES = 16 * 1024;
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;

/**
 * Lines of a log stream that was read with timestamps. Without a TTY it comes in frames of two streams, each with a
 * header of 8 bytes; with one it is raw. A frame that does not end its line is joined with the next of its stream.
 */
export function parseLogStream(body: Buffer, tty: boolean): readonly LogLine[] {
  return tty ? parseRaw(body.toString('utf8')) : parseFrames(body);
}

interface Frame {
  readonly stream: LogLine['stream'];
  readonly payload: Buffer;
}

function* framesOf(body: Buffer): Generator<Frame> {
  let offset = 0;
  while (offset + HEADER_BYTES <= body.length) {
    const size = body.readUInt32BE(offset + 4);
    const payload = body.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + size);
    // The last frame is incomplete when the answer was cut off at its cap.
    if (payload.length === size) yield { stream: body[offset] === 2 ? 'stderr' : 'stdout', payload };
    offset += HEADER_BYTES + size;
  }
}

interface Open {
  at: number;
  readonly parts: Buffer[];
}

function parseFrames(body: Buffer): readonly LogLine[] {
  const lines: LogLine[] = [];
  const open = new Map<LogLine['stream'], Open>();
  for (const { stream, payload } of framesOf(body)) {
    const { at, rest } = takeStamp(payload);
    const line = open.get(stream) ?? { at, parts: [] };
    line.parts.push(rest);
    if (rest.at(-1) === 0x0a) {
      lines.push({ at: line.at, stream, text: Buffer.concat(line.parts).toString('utf8').trimEnd() });
      open.delete(stream);
    } else open.set(stream, line);
  }
  for (const [stream, { at, parts }] of open)
    lines.push({ at, stream, text: Buffer.concat(parts).toString('utf8') });
  return lines;
}

function takeStamp(payload: Buffer): { readonly at: number; readonly rest: Buffer } {
  const stamp = STAMP.exec(payload.subarray(0, 40).toString('latin1'));
  if (!stamp) return { at: Number.NaN, rest: payload };
  return { at: Date.parse(stamp[1] ?? ''), rest: payload.subarray(stamp[0].length) };
}

function parseRaw(text: string): readonly LogLine[] {
  return text.split('\n').flatMap((raw) => {
    const stamp = STAMP.exec(raw);
    if (!stamp) return [];
    const line = joinPieces(raw.slice(stamp[0].length).replace(/\r$/, ''));
    return [{ at: Date.parse(stamp[1] ?? ''), stream: 'stdout' as const, text: line.trimEnd() }];
  });
}

/** Takes out the timestamps that stand between the pieces of a long line. */
function joinPieces(line: string): string {
  let joined = line.slice(0, FRAME_BYTES);
  for (let rest = line.slice(FRAME_BYTES); rest !== ''; ) {
    const piece = rest.replace(STAMP, '');
    joined += piece.slice(0, FRAME_BYTES);
    rest = piece.slice(FRAME_BYTES);
  }
  return joined;
}
