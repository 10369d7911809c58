import { render } from 'preact';

import { followEvents } from './api/events.ts';
import { Shell } from './shell/shell.tsx';
import { followAlerts } from './store/alerts.ts';

followAlerts();
void followEvents();
const page = document.querySelector('#page');
if (page !== null) render(<Shell />, page);
