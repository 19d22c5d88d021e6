import { connect } from 'node:tls';

/** The protocol that an HTTPS server chooses (`h2`, `http/1.1`); undefined over plain HTTP or when it does not say. */
export function negotiatedProtocol(
  url: URL,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (url.protocol !== 'https:') return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: Number(url.port || 443),
      servername: host,
      ALPNProtocols: ['h2', 'http/1.1'],
      // Whether the certificate is valid is not asked here; nothing is sent.
      rejectUnauthorized: false,
    });
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    const finish = (protocol: string | undefined) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(protocol);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.once('secureConnect', () => finish(socket.alpnProtocol || undefined));
    socket.once('error', () => finish(undefined));
  });
}
