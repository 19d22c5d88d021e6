/** A request to the HTTP port as somebody may send it by mistake. */
export interface BadRequest {
  readonly what: string;
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set: the server wants a token. */
  readonly guarded?: boolean;
}

export const BAD_REQUESTS: readonly BadRequest[] = [
  { what: 'an empty body', path: '/alerts/alertmanager', body: '' },
  { what: 'text that is not JSON', path: '/alerts/generic', body: 'disk is full' },
  { what: 'JSON that stops in the middle', path: '/alerts/alertmanager', body: '{"alerts": [' },
  { what: 'a number', path: '/alerts/generic', body: '42' },
  { what: 'an empty list', path: '/alerts/generic', body: '[]' },
  { what: 'an object without an alert', path: '/alerts/generic', body: '{"colour": "red"}' },
  { what: 'Alertmanager: no alerts', path: '/alerts/alertmanager', body: '{"status": "firing"}' },
  {
    what: 'Alertmanager: a wrong status and labels that are a text',
    path: '/alerts/alertmanager',
    body: '{"status":"firing","alerts":[{"status":"burning","labels":"severity=critical"}]}',
  },
  {
    what: 'a start time that is no time',
    path: '/alerts/alertmanager',
    body: '{"status":"firing","alerts":[{"status":"firing","labels":{"alertname":"A"},"startsAt":"yesterday"}]}',
  },
  { what: 'Grafana: an unknown shape', path: '/alerts/grafana', body: '{"hello": "world"}' },
  {
    what: '70 levels of nesting',
    path: '/alerts/generic',
    body: `${'['.repeat(70)}${']'.repeat(70)}`,
  },
  { what: 'more than 1 MiB', path: '/alerts/generic', body: `"${'x'.repeat(1_048_576)}"` },
  {
    what: 'a compressed body',
    path: '/alerts/generic',
    body: '{"title":"x"}',
    headers: { 'content-encoding': 'gzip' },
  },
  { what: 'GET instead of POST', path: '/alerts/alertmanager', method: 'GET' },
  { what: 'an unknown sender', path: '/alerts/nagios', body: '{}' },
  { what: 'no token', path: '/alerts/alertmanager', body: '{}', guarded: true },
  {
    what: 'a wrong token',
    path: '/alerts/alertmanager',
    body: '{}',
    guarded: true,
    headers: { authorization: 'Bearer wrong' },
  },
  { what: 'POST to a page that is only read', path: '/metrics', body: '{}' },
  { what: 'a path that does not exist', path: '/admin', method: 'GET' },
];

/** Playbook files with one mistake each. */
export const BAD_PLAYBOOKS: Readonly<Record<string, string>> = {
  'an empty file': '',
  'no comment in the first line': 'title: x\ndescription: y\nsteps: []\n',
  'a tab as indentation': '# When it is slow.\ntitle: x\nsteps:\n\t- title: y\n',
  'a field that is misspelt':
    '# When it is slow.\ntitle: Slow\ndescripton: why\nsteps:\n  - title: Look\n    probes:\n      - probe: docker.stats\n',
  'a probe that does not exist':
    '# When it is slow.\ntitle: Slow\ndescription: why\nsteps:\n  - title: Look\n    probes:\n      - probe: docker.stat\n',
  'a parameter of the wrong kind':
    '# When it is slow.\ntitle: Slow\ndescription: why\nsteps:\n  - title: Look\n    probes:\n      - probe: redis.slowlog\n        with: { entries: many }\n',
  'a check on what no step gathers':
    '# When it is slow.\ntitle: Slow\ndescription: why\nsteps:\n  - title: Look\n    probes:\n      - probe: docker.stats\nchecks:\n  - title: Cache\n    metric: redis.info/hit_ratio\n    warning: { below: 80% }\n',
  'a threshold that is no number':
    '# When it is slow.\ntitle: Slow\ndescription: why\nsteps:\n  - title: Look\n    probes:\n      - probe: docker.stats\nchecks:\n  - title: CPU\n    metric: docker.stats/cpu_ratio\n    warning: { above: high }\n',
  'an expression that can take for ever':
    '# When it is slow.\ntitle: Slow\ndescription: why\ntriggers:\n  alerts:\n    - alertname: { regex: "(a+)+$" }\nsteps:\n  - title: Look\n    probes:\n      - probe: docker.stats\n',
};

/** Contents of `services.yaml` with one mistake each. */
export const BAD_SERVICES: Readonly<Record<string, string>> = {
  'a key that does not exist': 'services:\n  shop:\n    contianer: shop-1\n',
  'a variable that is not set': 'services:\n  db:\n    postgres: "${SHOP_DATABASE_URL}"\n',
  'a URL with a password': 'services:\n  shop:\n    url: http://me:secret@shop:8080\n',
  'paths without a URL': 'services:\n  shop:\n    paths: [/api/items]\n',
  'an unknown dependency': 'services:\n  shop:\n    container: shop-1\n    depends_on: [database]\n',
  'a reserved name': 'services:\n  host:\n    container: x1\n',
  'a target that is no duration': 'services:\n  shop:\n    kpis: { response_time_p95: fast }\n',
};

/** Environments that perfbot does not start with. */
export const BAD_ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  { PORT: '99999' },
  { HOST: '0.0.0.0' },
  { SLACK_BOT_TOKEN: 'xoxp-1' },
  { SLACK_BOT_TOKEN: 'xoxb-1' },
  { SLACK_API_URL: 'https://slack.com' },
  { DATABASE_URL: 'mysql://localhost/perfbot' },
  { REDIS_URL: 'localhost:6379' },
  { DOCKER_HOST: '/var/run/docker.sock' },
  { PERFBOT_ROLE: 'worker' },
  { PERFBOT_ROLE: 'boss' },
  { PERFBOT_TIMEZONE: 'Berlin' },
  { PERFBOT_CHANNEL: 'ops, alerts' },
  { PERFBOT_SAMPLE_INTERVAL: '10ms' },
  { LOG_LEVEL: 'loud' },
];

/** What somebody may type behind `/perf`. */
export const BAD_COMMANDS: readonly string[] = [
  'statsu',
  'run',
  'run high-cpu shop-api now',
  'make it fast',
  'ack',
  'loadtest shop-api smoke',
];
