import { POSTGRES_TITLE } from '../../support/postgres-installation.ts';
import { startPostgres15 } from '../../support/postgres15.ts';
import { describeWith } from '../../support/requirements.ts';
import { faultScenes } from './fault-scenes.ts';

describeWith(['postgres15'], `faults on ${POSTGRES_TITLE}`, () => faultScenes(startPostgres15));
