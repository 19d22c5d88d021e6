import { startPostgres15 } from '../../support/postgres15.ts';
import { describeWith } from '../../support/requirements.ts';
import { faultScenes } from './fault-scenes.ts';

describeWith(['postgres15'], 'faults on PostgreSQL 15', () => faultScenes(startPostgres15));
