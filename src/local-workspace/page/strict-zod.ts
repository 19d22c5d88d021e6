import { z } from 'zod';

// The page's CSP forbids code made from text, which zod would otherwise try when the first schema is made.
z.config({ jitless: true });
