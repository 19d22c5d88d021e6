import { startPostgres15 } from '../../support/postgres15.ts';
import { describeWith } from '../../support/requirements.ts';
import { auditScenes } from './audit-scenes.ts';

describeWith(['postgres15'], 'an audit of PostgreSQL 15', () => auditScenes(startPostgres15));
