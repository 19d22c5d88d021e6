import { POSTGRES_TITLE } from '../../support/postgres-installation.ts';
import { startPostgres15 } from '../../support/postgres15.ts';
import { describeWith } from '../../support/requirements.ts';
import { auditScenes } from './audit-scenes.ts';

describeWith(['postgres15'], `an audit of ${POSTGRES_TITLE}`, () => auditScenes(startPostgres15));
