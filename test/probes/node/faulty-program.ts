/**
 * A program with the faults of the catalogue that show inside of a Node process, one at a time: the one that the file
 * `/tmp/fault` names. Line numbers are those that reports must tell.
 */
export const FAULTY_PROGRAM = `const fs = require('fs');
const crypto = require('crypto');
const catalogue = JSON.stringify(Array.from({ length: 6000 }, (_, id) => ({ id, name: 'item ' + id, tags: ['a', 'b'] })));
const sessions = new Map();
let last = 0;
function hotLoop() {
  let sum = 0;
  for (let i = 0; i < 4e6; i++) sum += Math.sqrt(i) % 7;
  return sum;
}
function rebuildIndex() {
  if (fault !== 'rebuildIndex') return;
  for (const end = Date.now() + 700; Date.now() < end; );
}
function sizeOf(text) {
  return text.length;
}
function cloneCatalogue() {
  return sizeOf(JSON.stringify(JSON.parse(catalogue)));
}
function priceOf(id) {
  return Math.cbrt(id) % 5;
}
function sumPrices() {
  let sum = 0;
  for (let id = 0; id < 1e6; id++) sum += priceOf(id);
  return sum;
}
function hashPassword() {
  return crypto.pbkdf2Sync('secret', 'salt', 60000, 64, 'sha512');
}
function retainSession() {
  for (let i = 0; i < 300; i++) sessions.set(last++, { id: last, basket: new Array(30).fill(last) });
}
const faults = { hotLoop, sumPrices, cloneCatalogue, hashPassword, retainSession };
let fault = '';
setInterval(() => { try { fault = fs.readFileSync('/tmp/fault', 'utf8').trim(); } catch {} }, 50);
setInterval(rebuildIndex, 1000);
(function turn() {
  const work = faults[fault];
  if (work) work();
  setTimeout(turn, fault === 'retainSession' || !work ? 20 : 1);
})();
console.log('up');
`;

/** How Node has to be started for the next program to fill its heap; a small space for young objects has garbage grow old. */
export const SMALL_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=1'];

/** Keeps its heap nearly as full as it may be, and makes garbage that is old when it becomes garbage. */
export const FULL_HEAP_PROGRAM = `const kept = (globalThis.kept = []);
while (process.memoryUsage().heapUsed < 47e6) for (let i = 0; i < 1000; i++) kept.push({ id: i, text: 'x'.repeat(20) + i });
const recent = [];
let last = 0;
function renderPage() {
  const parts = [];
  for (let i = 0; i < 1000; i++) parts.push({ id: i, text: 'y'.repeat(20) + i });
  recent[last++ % 50] = parts;
}
setInterval(renderPage, 2);
console.log('up');
`;

export type Fault =
  | 'none'
  | 'hotLoop'
  | 'sumPrices'
  | 'rebuildIndex'
  | 'cloneCatalogue'
  | 'hashPassword'
  | 'retainSession';

/** The line on which the function of a fault begins. */
export function lineOf(fault: Fault): number {
  return FAULTY_PROGRAM.split('\n').findIndex((line) => line.startsWith(`function ${fault}(`)) + 1;
}
