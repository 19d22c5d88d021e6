import { useState } from 'react';
import type { SampleAlert } from '../../protocol.ts';
import { Menu } from '../overlays/menu.tsx';
import { useNotify } from '../state/notices.ts';
import { sendSampleAlert } from '../state/requests.ts';

const KINDS = [
  { kind: 'cpu', label: 'High CPU' },
  { kind: 'response_time', label: 'High response time' },
  { kind: 'memory', label: 'Memory' },
] as const;

const SAMPLES: readonly (SampleAlert & { readonly label: string; readonly group: string })[] = [
  ...KINDS.map(({ kind, label }) => ({ kind, status: 'firing' as const, label, group: 'Firing' })),
  ...KINDS.map(({ kind, label }) => ({ kind, status: 'resolved' as const, label, group: 'Resolved' })),
];

/** Sends an alert as Prometheus would, to see what perfbot makes of it. */
export function SampleAlertButton({ channel }: { readonly channel: string }) {
  const notify = useNotify();
  const [sent, setSent] = useState('');
  const send = async (index: number) => {
    const sample = SAMPLES[index];
    if (sample === undefined) return;
    const answer = await sendSampleAlert({ kind: sample.kind, status: sample.status });
    if (answer.ok) setSent(`Sent: ${sample.label}, ${sample.status}`);
    else notify({ channel, text: answer.error ?? 'The alert could not be sent.' });
  };
  return (
    <div className="sample-alert">
      <Menu
        label="Send a sample alert"
        name="Send a sample alert"
        items={SAMPLES.map(({ label, group }) => ({ label, group }))}
        onChoose={(index) => void send(index)}
      />
      <span className="for-readers" role="status">
        {sent}
      </span>
    </div>
  );
}
