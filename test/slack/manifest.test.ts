import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { manifestFiles } from '../../scripts/manifest.ts';

const HttpsUrl = z.string().regex(/^https:\/\/\S+\/slack\/events$/);

/** The limits of Slack's manifest, version 2 (docs.slack.dev, "App manifest reference"). */
const Manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.number() }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.boolean() }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z]{1,31}$/),
          description: z.string().max(2000),
          usage_hint: z.string().max(1000),
          should_escape: z.boolean(),
          url: HttpsUrl.optional(),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({
    scopes: z.strictObject({ bot: z.array(z.string().regex(/^[a-z]+(:[a-z.]+)?$/)).max(255) }),
  }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: HttpsUrl.optional(),
      bot_events: z.array(z.string().regex(/^[a-z_.]+$/)).max(100),
    }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: HttpsUrl.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
});

describe.each(Object.entries(manifestFiles()))('slack-app/%s', (name, text) => {
  it('is what scripts/manifest.ts makes', () => {
    expect(readFileSync(new URL(`../../slack-app/${name}`, import.meta.url), 'utf8')).toBe(text);
  });

  it('keeps the limits, and has addresses exactly in HTTP mode', () => {
    const manifest = Manifest.parse(parse(text));
    const socket = name.includes('socket');
    expect(manifest.settings.socket_mode_enabled).toBe(socket);
    expect(manifest.settings.interactivity.request_url === undefined).toBe(socket);
    for (const command of manifest.features.slash_commands) expect(command.url === undefined).toBe(socket);
  });
});
