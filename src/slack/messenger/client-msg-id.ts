import { createHash } from 'node:crypto';

/** Namespace of our ids: a random UUID, for ever the same. */
const NAMESPACE = Buffer.from('6f0c1f5e3b0d4a7c9a5e2d8b7c4f1e63', 'hex');

/**
 * The same UUID for the same name (version 5, RFC 9562). As `client_msg_id` it lets Slack recognise a repeated post;
 * Slack does not promise that, so nothing may depend on it.
 */
export function clientMsgId(...name: readonly string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(JSON.stringify(name)).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
