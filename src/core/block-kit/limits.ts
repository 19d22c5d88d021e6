/**
 * What Slack accepts. Lengths count UTF-16 units of the text as it is sent (escaped), the strictest reading of
 * Slack's "characters". Source: docs.slack.dev/reference/block-kit; `messageCharacters` and `blockOverhead` are
 * published by nobody: measured by third parties on live Slack (bolt-js issue 2509).
 */
export const LIMITS = {
  message: {
    blocks: 50,
    characters: 13_200,
    /** Characters that each block after the first costs beside its text. */
    blockOverhead: 100,
    text: 40_000,
    recommendedText: 4_000,
    updateTextBytes: 4_000,
    attachments: 100,
    metadataBytes: 8_000,
    markdownCharacters: 12_000,
    tables: 1,
    tableCharacters: 10_000,
    charts: 2,
  },
  view: { blocks: 100, title: 24, callbackId: 255, privateMetadata: 3_000, stack: 3 },
  blockId: 255,
  actionId: 255,
  url: 3_000,
  section: { text: 3_000, fields: 10, field: 2_000 },
  header: { text: 150, level: 4 },
  context: { elements: 10, text: 3_000 },
  actions: { elements: 25 },
  contextActions: { elements: 5 },
  button: { text: 75, value: 2_000, label: 75 },
  option: { text: 75, description: 75, value: 150 },
  overflow: { options: 5 },
  choices: { options: 10 },
  select: { options: 100, groups: 100, groupLabel: 75, placeholder: 150 },
  confirm: { title: 100, text: 300, button: 30 },
  input: { label: 2_000, hint: 2_000, maxLength: 3_000, files: 10 },
  image: { alt: 2_000, title: 2_000 },
  table: { rows: 100, columns: 20 },
  dataTable: { rows: 201, columns: 20, pageSize: 100, characters: 20_000 },
  /** The block reference says 6 series (an older note said 12): the smaller number is safe. */
  chart: { title: 50, series: 6, points: 20, label: 20, axisLabel: 50 },
  container: { title: 150, blocks: 10 },
  card: { title: 150, body: 200, buttons: 3 },
  carousel: { cards: 10 },
  alert: { text: 200 },
} as const;
