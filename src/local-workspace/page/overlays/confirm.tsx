import { createContext, type ReactNode, use, useCallback, useState } from 'react';
import type { Confirm } from '../blocks/element-shapes.ts';
import { plainOf, TextContent } from '../blocks/text-object.tsx';
import { Dialog } from './dialog.tsx';

type Ask = (confirm: Confirm) => Promise<boolean>;

const ConfirmContext = createContext<Ask | undefined>(undefined);

/** Asks in a dialog whether somebody is sure. */
export function useConfirm(): Ask {
  const ask = use(ConfirmContext);
  if (ask === undefined) throw new Error('useConfirm needs a ConfirmProvider');
  return ask;
}

/** Holds the dialog that `useConfirm` opens. */
export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const [question, setQuestion] = useState<{ confirm: Confirm; answer: (sure: boolean) => void }>();
  const ask = useCallback<Ask>(
    (confirm) => new Promise((resolve) => setQuestion({ confirm, answer: resolve })),
    [],
  );
  const answer = (sure: boolean) => {
    setQuestion(undefined);
    question?.answer(sure);
  };
  return (
    <ConfirmContext value={ask}>
      {children}
      {question && (
        <Dialog label={plainOf(question.confirm.title)} className="confirm" onClose={() => answer(false)}>
          <h2>{plainOf(question.confirm.title)}</h2>
          <div className="block-text">
            <TextContent text={question.confirm.text} />
          </div>
          <footer>
            <button type="button" className="button" onClick={() => answer(false)}>
              {plainOf(question.confirm.deny)}
            </button>
            <button
              type="button"
              className="button"
              data-style={question.confirm.style ?? 'primary'}
              onClick={() => answer(true)}
            >
              {plainOf(question.confirm.confirm)}
            </button>
          </footer>
        </Dialog>
      )}
    </ConfirmContext>
  );
}
