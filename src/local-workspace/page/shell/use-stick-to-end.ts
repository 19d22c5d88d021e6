import { useEffect, useLayoutEffect, useRef, useState } from 'react';

const NEAR_PX = 80;

/**
 * Keeps a list that scrolls at its end while the reader is there, pictures that load late included.
 * With `start` it begins at the message that the page was asked for.
 * `hasMore` says that something new (another `last`) came while the reader was further up.
 */
export function useStickToEnd(last: string | undefined, start?: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [hasMore, setHasMore] = useState(false);
  const toEnd = () => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setHasMore(false);
  };
  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (box === null || inner === null) return;
    const scrolled = () => {
      atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
      if (atEnd.current) setHasMore(false);
    };
    const wanted = start === undefined ? null : inner.querySelector('[data-wanted]');
    if (wanted !== null) {
      atEnd.current = false;
      wanted.scrollIntoView({ block: 'center' });
    }
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(box);
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', scrolled);
    };
  }, [start]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another last message is what this waits for
  useLayoutEffect(() => {
    if (atEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    else setHasMore(true);
  }, [last]);
  return { scroller, content, hasMore, toEnd };
}
