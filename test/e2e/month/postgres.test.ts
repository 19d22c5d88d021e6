import { describeMonth } from './month.ts';

describeMonth('postgres');
