// Entry of a worker thread when the sources run as they are (vitest, tsx). A new thread of Node 20 knows no TypeScript
// and ignores `--import` among its own arguments, so the loader is registered here. The build leaves this file out.
import { register } from 'tsx/esm/api';

register();
export const { renderTask } = await import('./chart-worker.ts');
