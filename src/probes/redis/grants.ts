/** Rights that the probes need, as `ACL SETUSER` takes them. None of them can change a key or show a value. */
export const GRANTS = {
  counters: '+info +slowlog|get',
  events: '+info +latency|latest +latency|history +latency|doctor',
  clients: '+info +client|list',
  /** Of keys only sizes and ages are read; `~*` is needed all the same, because each key is named. */
  keys: '~* +info +scan +memory|usage +type +pttl',
  lengths: '~* +strlen +llen +scard +hlen +zcard +xlen',
  frequency: '~* +object|freq',
} as const;
