import { PerfbotError, ProbeError } from '../../core/errors.ts';

interface FailedCall {
  readonly error: unknown;
  /** Address without credentials. */
  readonly address: string;
  /** Path of the API call without its query. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/** A failed call to the Docker Engine as a `ProbeError` that says how to mend it; never holds credentials. */
export function toDockerError({ error, address, path, signal }: FailedCall): ProbeError {
  if (error instanceof ProbeError) return error;
  if (signal.aborted) return abortError(signal, `docker call ${path}`);
  const status = numberField(error, 'statusCode');
  if (status !== undefined) return statusError(status, path, error);
  return connectionError(stringField(error, 'code') ?? '', address, error);
}

/** Why `what` was given up: its deadline passed, or nobody waits for it any more. */
function abortError(signal: AbortSignal, what: string): ProbeError {
  const { reason } = signal;
  const late =
    (reason instanceof PerfbotError && reason.reason === 'timeout') ||
    (reason instanceof Error && reason.name === 'TimeoutError');
  return new ProbeError(late ? 'timeout' : 'cancelled', `${what} was aborted`, {
    userMessage: late ? 'Docker did not answer in time.' : 'The measurement was cancelled.',
    cause: reason,
  });
}

function connectionError(code: string, address: string, cause: unknown): ProbeError {
  if (code === 'EACCES' || code === 'EPERM') {
    return new ProbeError('permission', `docker: ${code} on ${address}`, {
      userMessage: `perfbot may not open the Docker socket ${address}.`,
      mend: 'add the user that runs perfbot to the docker group (sudo usermod -aG docker USER) and start perfbot again, or point DOCKER_HOST at a read-only socket proxy',
      cause,
    });
  }
  return new ProbeError('unreachable', `docker: ${code || 'no answer'} from ${address}`, {
    userMessage: `Docker does not answer at ${address}.`,
    mend: 'start Docker (sudo systemctl start docker), or set DOCKER_HOST to where it listens',
    cause,
  });
}

function statusError(status: number, path: string, error: unknown): ProbeError {
  const message = `docker answered ${status} to GET ${path}`;
  const said = engineMessage(error);
  if (status === 403 || status === 401) {
    return new ProbeError(status === 401 ? 'unauthorized' : 'permission', message, {
      userMessage: `The Docker socket proxy does not allow GET ${path}.`,
      mend: `allow GET ${section(path)} in the socket proxy (docker-socket-proxy: ${proxyVariable(path)}=1)`,
      cause: error,
    });
  }
  if (status === 404) {
    return new ProbeError('not_found', message, {
      userMessage: said || 'Docker knows no such container.',
      mend: 'compare the container name in services.yaml with: docker ps --all',
      cause: error,
    });
  }
  if (status === 409) {
    return new ProbeError('unsupported', message, {
      userMessage: said || 'The container is not running.',
      cause: error,
    });
  }
  if (/does not support reading/.test(said)) {
    return new ProbeError('unsupported', message, {
      userMessage: 'The logging driver of this container cannot be read.',
      mend: 'give the container the logging driver local or json-file',
      cause: error,
    });
  }
  if (/operation is already running/.test(said)) {
    return new ProbeError('overloaded', message, {
      userMessage: 'Docker is adding up its disk usage for somebody else at the moment.',
      mend: 'run it again in a minute',
      cause: error,
    });
  }
  return new ProbeError(status === 503 || status === 429 ? 'overloaded' : 'invalid_response', message, {
    userMessage: `Docker answered ${status}${said ? `: ${said}` : ''}.`,
    cause: error,
  });
}

/** `/containers/x/logs` to `containers/{id}/logs`. */
function section(path: string): string {
  return path.replace(/^\/containers\/[^/]+\/(\w+)$/, 'containers/{id}/$1').replace(/^\//, '');
}

function proxyVariable(path: string): string {
  return (/^\/(\w+)/.exec(path)?.[1] ?? 'containers').toUpperCase();
}

function engineMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return text
    .replace(/^\(HTTP code \d+\)[^-]*- /, '')
    .trim()
    .slice(0, 200);
}

function stringField(value: unknown, name: string): string | undefined {
  const field = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof field === 'string' ? field : undefined;
}

function numberField(value: unknown, name: string): number | undefined {
  const field = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof field === 'number' ? field : undefined;
}
