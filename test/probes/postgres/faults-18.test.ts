import { describe } from 'vitest';
import { startPostgres18 } from '../../support/postgres15.ts';
import { faultScenes } from './fault-scenes.ts';

describe('faults on PostgreSQL 18', () => faultScenes(startPostgres18));
