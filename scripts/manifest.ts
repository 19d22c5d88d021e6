import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildManifest, type ManifestMode } from '../src/slack/manifest.ts';

/** Replace the host by the public address of your perfbot. */
const EXAMPLE_URL = 'https://perfbot.example.com/slack/events';

const FILES: Readonly<Record<string, { readonly target: ManifestMode; readonly hint: string }>> = {
  'manifest.socket.yaml': {
    target: { mode: 'socket' },
    hint: [
      ' Slack app for Socket Mode: perfbot needs no public address.',
      ' Made by `npx tsx scripts/manifest.ts`. After the installation, make an app-level token',
      ' with the scope connections:write and set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.',
    ].join('\n'),
  },
  'manifest.http.yaml': {
    target: { mode: 'http', requestUrl: EXAMPLE_URL },
    hint: [
      ' Slack app for HTTP: Slack must reach perfbot. Replace perfbot.example.com in every line.',
      ' Made by `npx tsx scripts/manifest.ts`. After the installation, set SLACK_BOT_TOKEN',
      ' and SLACK_SIGNING_SECRET.',
    ].join('\n'),
  },
};

/** The manifest files by name, as they should be on disk. */
export function manifestFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(FILES).map(([name, { target, hint }]) => [
      name,
      `${hint.replace(/^/gm, '#')}\n${stringify(buildManifest(target))}`,
    ]),
  );
}

if (process.argv[1]?.endsWith('manifest.ts')) {
  for (const [name, text] of Object.entries(manifestFiles())) {
    writeFileSync(join(import.meta.dirname, '..', 'slack-app', name), text);
  }
}
