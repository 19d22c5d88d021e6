import { ProbeError } from '../../core/errors.ts';

/** What `stub_status` shows: three counters since the start of nginx, four momentary numbers. */
export interface StubStatus {
  readonly accepts: number;
  readonly handled: number;
  readonly requests: number;
  readonly active: number;
  readonly reading: number;
  readonly writing: number;
  readonly waiting: number;
}

/** https://nginx.org/en/docs/http/ngx_http_stub_status_module.html */
const FORM =
  /Active connections:\s*(\d+)\s+server accepts handled requests\s+(\d+)\s+(\d+)\s+(\d+)\s+Reading:\s*(\d+)\s+Writing:\s*(\d+)\s+Waiting:\s*(\d+)/;

/** Reads the page of `stub_status`. @throws ProbeError `invalid_response` for any other page. */
export function parseStatus(page: string): StubStatus {
  const numbers = FORM.exec(page)?.slice(1).map(Number);
  if (numbers === undefined) {
    throw new ProbeError('invalid_response', 'the page is not that of stub_status', {
      userMessage: 'What answers at the status address of this nginx is not its stub_status page.',
      mend: 'add to nginx.conf, in server { }: location = /nginx_status { stub_status; allow 127.0.0.1; deny all; } (allow perfbot’s address)',
    });
  }
  const [active = 0, accepts = 0, handled = 0, requests = 0, reading = 0, writing = 0, waiting = 0] = numbers;
  return { accepts, handled, requests, active, reading, writing, waiting };
}
