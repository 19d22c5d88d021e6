import { describe } from 'vitest';
import { startPostgres18 } from '../../support/postgres15.ts';
import { auditScenes } from './audit-scenes.ts';

describe('an audit of PostgreSQL 18', () => auditScenes(startPostgres18));
