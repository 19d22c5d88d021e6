const rules = Array.from({ length: 200 }, (_, id) => ({ sku: `sku-${id}`, above: id % 4, percent: id % 20 }));

/** Builds an expression for every rule and every item: the fault that the picture shows. */
function findRule(item) {
  let found;
  for (const rule of rules) {
    if (new RegExp(`^${rule.sku}$`, 'i').test(item.sku) && item.amount > rule.above) found = rule;
  }
  return found;
}

function priceItem(item) {
  const rule = findRule(item);
  const base = 100 + (item.sku.length % 9) * 10;
  return { ...item, price: (item.amount * base * (100 - (rule?.percent ?? 0))) / 100 };
}

function priceOrder(order) {
  return { ...order, items: order.items.map(priceItem) };
}

export function priceOrders(orders) {
  return orders.map(priceOrder);
}
