/** The laptop's browser, as far as it goes: it asks an address of the laptop and shows the answer as text. Nothing of it is ever rendered. */
import { RotateCw } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useCommands } from '../state/commands';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';
import { pageLine, type PageAnswer, readPage } from './page-answer';

/** Longest body that is shown. */
const MOST_SHOWN = 200_000;

export function LaptopBrowser({ hidden, offered }: { readonly hidden: boolean; readonly offered: string }) {
  const text = useText().terminal.browser;
  const store = useUiStore();
  const commands = useCommands();
  const paused = useUi((state) => state.host?.pace.type === 'paused');
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [waiting, setWaiting] = useState(false);
  const [answer, setAnswer] = useState<PageAnswer | null>(null);
  const address = typed ?? (offered === '' ? 'localhost:8080/' : offered);
  const asked = useRef(0);

  useEffect(() => {
    if (!hidden) input.current?.focus();
  }, [hidden]);

  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const number = ++asked.current;
    const ticket = `browser-${store.getState().mirror.now}-${number}`;
    setWaiting(true);
    try {
      const heard = await commands.link.input({ type: 'shell', session: ticket, ticket, line: pageLine(address) });
      if (number === asked.current && heard !== null && 'output' in heard) setAnswer(readPage(heard));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      store.getState().notify({ tone: 'problem', text: message, action: null });
    } finally {
      if (number === asked.current) setWaiting(false);
    }
  };

  return (
    <div className="laptop-browser" hidden={hidden} role="tabpanel" aria-label={text.name}>
      <form onSubmit={(event) => void go(event)}>
        <input
          ref={input}
          type="text"
          spellCheck={false}
          autoComplete="off"
          aria-label={text.address}
          value={address}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <button type="submit" className="icon-button" aria-label={text.ask} title={text.ask}>
          <RotateCw size={15} aria-hidden="true" />
        </button>
        <span className="quiet" role="status">
          {waiting ? (paused ? text.paused : text.waiting) : ''}
        </span>
      </form>
      {answer === null ? <p className="quiet browser-empty">{text.empty}</p> : <Answer answer={answer} />}
    </div>
  );
}

function Answer({ answer }: { readonly answer: PageAnswer }) {
  const text = useText().terminal.browser;
  if (answer.type === 'error') return <p className="browser-error">{answer.text}</p>;
  const { status, code, headers, body } = answer;
  return (
    <div className="browser-answer">
      <div className="browser-head">
        <strong data-tone={code < 300 ? 'ok' : code < 400 ? 'amber' : 'red'}>{status}</strong>
        <dl>
          {headers.map(({ name, value }, index) => (
            <div key={`${index} ${name}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <pre tabIndex={0} aria-label={text.body}>
        {body.slice(0, MOST_SHOWN)}
        {body.length > MOST_SHOWN ? `\n${text.cut(body.length - MOST_SHOWN)}` : ''}
      </pre>
    </div>
  );
}
