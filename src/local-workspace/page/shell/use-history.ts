import { useRef } from 'react';

const LONGEST = 100;

/** What was sent from a composer, to bring back with the arrow keys. */
export function useHistory() {
  const sent = useRef<string[]>([]);
  const at = useRef(0);
  return {
    add: (text: string) => {
      sent.current = [...sent.current.filter((other) => other !== text), text].slice(-LONGEST);
      at.current = sent.current.length;
    },
    /** The text before (-1) or after (1) the shown one; undefined when the keys should do something else. */
    step: (shown: string, direction: number): string | undefined => {
      const isRecalled = shown !== '' && shown === sent.current[at.current];
      if (shown !== '' && !isRecalled) return undefined;
      if (shown === '') at.current = sent.current.length;
      const next = at.current + direction;
      if (next < 0 || next > sent.current.length || sent.current.length === 0) return undefined;
      at.current = next;
      return sent.current[next] ?? '';
    },
  };
}
