import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './shell/app.tsx';
import { applyTheme, storedTheme } from './shell/theme.ts';
import './styles/base.css';
import './styles/layout.css';
import './styles/messages.css';
import './styles/blocks.css';
import './styles/controls.css';
import './styles/overlays.css';

// The page's CSP forbids code made from text, which zod would otherwise try.
z.config({ jitless: true });
applyTheme(storedTheme());
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
