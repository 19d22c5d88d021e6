import { pbkdf2Sync } from 'node:crypto';

export function signReceipt(count) {
  return pbkdf2Sync(`receipt of ${count} orders`, 'salt', 3000, 32, 'sha256').toString('hex');
}
