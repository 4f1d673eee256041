/** Short messages at the foot of the stage. They go by themselves; problems stay longer. */
import { X } from 'lucide-react';
import { useEffect } from 'react';
import type { Notice } from '../state/notice-slice';
import { useUi, useUiStore } from '../state/store';
import { useText } from '../text/text';

const SHOWN_MS = { info: 7_000, problem: 14_000 } as const;

function NoticeCard({ notice }: { notice: Notice }) {
  const text = useText();
  const store = useUiStore();

  useEffect(() => {
    const timer = setTimeout(() => store.getState().dismiss(notice.id), SHOWN_MS[notice.tone]);
    return () => clearTimeout(timer);
  }, [store, notice]);

  const { action } = notice;
  return (
    <li className="notice" data-tone={notice.tone}>
      <span className="notice-text">{notice.text}</span>
      {action ? (
        <button
          type="button"
          className="toggle-pill"
          onClick={() => {
            action.run();
            store.getState().dismiss(notice.id);
          }}
        >
          {action.label}
        </button>
      ) : null}
      <button
        type="button"
        className="icon-button"
        aria-label={text.notice.dismiss}
        onClick={() => store.getState().dismiss(notice.id)}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </li>
  );
}

export function Notices() {
  const text = useText();
  const notices = useUi((state) => state.notices);
  return (
    <div className="notices" role="status" aria-label={text.notice.name}>
      {notices.length === 0 ? null : (
        <ul>
          {notices.map((notice) => (
            <NoticeCard key={notice.id} notice={notice} />
          ))}
        </ul>
      )}
    </div>
  );
}
