// A small shop whose profile the picture in the documentation shows: a price rule that is applied much too often.
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { priceOrders } from './prices.mjs';
import { signReceipt } from './receipts.mjs';

const Order = z.object({
  id: z.number(),
  customer: z.string(),
  placed: z.string(),
  items: z.array(z.object({ sku: z.string(), amount: z.number().int().positive() })),
});
const orders = Array.from({ length: 60 }, (_, id) => ({
  id,
  customer: `customer ${id % 7}`,
  placed: `2026-11-${String((id % 28) + 1).padStart(2, '0')}T10:00:00Z`,
  items: Array.from({ length: 8 }, (_unused, item) => ({
    sku: `sku-${id * 8 + item}`,
    amount: (item % 3) + 1,
  })),
}));

function readOrders() {
  return orders.map((order) => Order.parse(order));
}

function renderOrder(order) {
  const placed = DateTime.fromISO(order.placed, { zone: 'Europe/Berlin' });
  return { ...order, placed: placed.toFormat('d LLLL yyyy, HH:mm') };
}

function renderOrders(priced) {
  const shown = priced.map(renderOrder);
  return JSON.stringify({ shown, receipt: signReceipt(shown.length) });
}

function listOrders(_request, response) {
  const body = renderOrders(priceOrders(readOrders()));
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

const server = createServer(listOrders).listen(0, '127.0.0.1', () => process.send?.(server.address().port));

process.once('message', async (windowMs) => {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 1000 });
  await session.post('Profiler.start');
  await new Promise((resolve) => setTimeout(resolve, windowMs));
  const { profile } = await session.post('Profiler.stop');
  process.send?.(profile, () => process.exit(0));
});
