import { describeMonth } from './month.ts';

describeMonth('redis');
