import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_WORDS } from '../../src/core/command-words.ts';
import { RULES } from '../../src/core/diagnosis/rules.ts';
import { loadChecklists } from '../../src/playbooks/load-checklists.ts';
import { probeCatalogue } from '../support/probe-catalogue.ts';
import { ROOT } from './pages.ts';

/** The headings of the users' guide, in order, as they stand there. */
const HEADINGS = `
## Overview
## Performance Metrics Overview
### Key Performance Indicators (KPIs)
### Performance Monitoring Stack
## Quick Performance Assessment
### Immediate Health Check
### Key Metrics Dashboard
## Systematic Performance Diagnosis
### Step 1: Identify the Problem
#### Performance Symptoms Checklist
#### Initial Investigation
### Step 2: Application Performance Analysis
#### Frontend Performance
#### Backend Performance Profiling
### Step 3: Database Performance Analysis
#### PostgreSQL Performance
#### Database Optimization Commands
### Step 4: Cache Performance Analysis
#### Redis Performance Check
#### Cache Optimization
## Performance Optimization Strategies
### Application-Level Optimizations
#### Backend Optimizations
#### Database Query Optimization
#### Caching Strategy Implementation
### Infrastructure-Level Optimizations
#### Container Resource Optimization
#### Load Balancing Configuration
## Load Testing and Benchmarking
### Setup Load Testing
#### Artillery Load Testing
#### Apache Bench Testing
### Database Load Testing
## Performance Tuning Procedures
### Memory Optimization
#### Node.js Memory Tuning
#### Database Memory Tuning
### CPU Optimization
#### Process Optimization
### I/O Optimization
#### Disk I/O Tuning
## Performance Monitoring Automation
### Custom Performance Metrics
### Performance Alert Rules
## Performance Maintenance Checklist
### Daily Performance Tasks
### Weekly Performance Tasks
### Monthly Performance Tasks
### Performance Troubleshooting Playbook
#### Issue: High Response Time
#### Issue: High CPU Usage
#### Issue: Memory Issues`
  .trim()
  .split('\n');

/** Its commands, by a word of each that tells it from the others. */
const COMMANDS =
  'curl /api/health|time curl|curl × 100|docker stats` CPU|docker stats` memory|count(*)|redis-cli info stats|docker logs|docker stats a b c|uptime|free -h|df -h|npm: analyze|npx lighthouse|build --analyze|node --prof|node --prof-process|--inspect=0.0.0.0|process.memoryUsage()|docker exec -it psql|pg_stat_statements|pg_stat_database|pg_stat_user_tables|pg_stat_user_indexes|n_distinct|ANALYZE|pg_total_relation_size|info all|info stats|info memory|slowlog get|monitor|keys "*"|--bigkeys|--latency-history|cluster.fork()|npm install compression|HTTP/2|CREATE INDEX CONCURRENTLY|cache middleware|cpus|--max-old-space-size|UV_THREADPOOL_SIZE|nginx.conf|timeouts|static files|artillery run|artillery report|ab -n -c|ab -p|ab -t 300|psql × 100|--trace-gc|shared_buffers|max_connections|max_prepared_transactions|pg_reload_conf()|top -b|cluster.js|iostat|tmpfs|mount|perf-monitor.sh|HighResponseTime|LowThroughput'.split(
    '|',
  );

const PAGE = readFileSync(join(ROOT, 'docs/guide-coverage.md'), 'utf8');
/** `in the guide`, `here`, `what was wrong` of every row. */
const ROWS = [...PAGE.matchAll(/^\| (.*?) \| (.*) \| ?(.*?)\|$/gm)]
  .map(([, guide = '', here = '']) => ({
    guide: guide.replaceAll('\\|', '|'),
    here: here.split(/(?<!\\) \| /)[0] ?? '',
  }))
  .filter(({ here }) => here !== 'here');

describe('docs/guide-coverage.md', () => {
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    const playbooks = join(ROOT, 'playbooks');
    const names = readdirSync(playbooks)
      .filter((name) => name.endsWith('.yml'))
      .map((name) => name.replace('.yml', ''));
    const rules = readdirSync(join(playbooks, 'prometheus'))
      .filter((name) => name.endsWith('.rules.yml'))
      .flatMap(
        (name) => readFileSync(join(playbooks, 'prometheus', name), 'utf8').match(/(?<=- alert: )\w+/g) ?? [],
      );
    const checklists = await loadChecklists({
      directories: [playbooks],
      schedulesFile: join(playbooks, 'none.yaml'),
      defaults: { channel: '#general', timezone: 'UTC' },
    });
    known = new Set([
      ...(await probeCatalogue()).map(({ name }) => name),
      ...RULES.flatMap(({ ids }) => ids),
      ...names,
      ...rules,
      ...checklists.all().flatMap(({ items }) => items.map(({ title }) => title)),
      ...COMMAND_WORDS.map(({ word }) => `/perf ${word}`),
    ]);
  });

  it('has every heading of the guide, in its order', () => {
    expect(PAGE.match(/^##+ .+$/gm)).toEqual(HEADINGS);
  });

  it('has every command of the guide', () => {
    const told = ROWS.map(({ guide }) => guide).join('\n');
    expect(COMMANDS.length).toBeGreaterThan(60);
    expect(COMMANDS.filter((command) => !told.includes(command))).toEqual([]);
  });

  it('names only what exists, and something in every row', () => {
    expect(ROWS.length).toBeGreaterThan(80);
    const named = ROWS.map(({ guide, here }) => ({
      guide,
      names: [...here.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    }));
    expect(named.filter(({ names }) => names.length === 0)).toEqual([]);
    const unknown = named.flatMap(({ names }) => names).filter((name) => !known.has(name));
    expect([...new Set(unknown)]).toEqual([]);
  });
});
