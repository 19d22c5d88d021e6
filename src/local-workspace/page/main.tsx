import './strict-zod.ts';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { applyTheme, storedTheme } from './shell/theme.ts';
import './styles/base.css';
import './styles/layout.css';
import './styles/sidebar.css';
import './styles/messages.css';
import './styles/files.css';
import './styles/blocks.css';
import './styles/rich-text.css';
import './styles/controls.css';
import './styles/composer.css';
import './styles/overlays.css';
import './styles/small-screens.css';

applyTheme(storedTheme());
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
