const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Makes text literal in mrkdwn and in the `text` of a message: mentions, links and commands in it are dead.
 * Exactly these three characters and no others (source: docs.slack.dev, "Formatting message text").
 */
export function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}
