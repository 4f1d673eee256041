/** Keeps a fault in one panel from taking the others down. */
import { Component, type ReactNode } from 'react';
import { TextContext } from '../text/text';
import { forgetFailures } from './lazy';

interface PanelBoundaryProps {
  readonly name: string;
  /** Where in the page's grid the panel stands. */
  readonly area?: string;
  readonly children: ReactNode;
}

interface PanelBoundaryState {
  readonly message: string | null;
}

export class PanelBoundary extends Component<PanelBoundaryProps, PanelBoundaryState> {
  static override contextType = TextContext;
  declare context: React.ContextType<typeof TextContext>;

  override state: PanelBoundaryState = { message: null };

  static getDerivedStateFromError(error: unknown): PanelBoundaryState {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <div className="panel-fault" role="alert" style={{ gridArea: this.props.area }}>
        <p>{this.context.crash.panel(this.props.name)}</p>
        <p className="quiet">{message}</p>
        <button
          type="button"
          className="toggle-pill"
          onClick={() => {
            forgetFailures();
            this.setState({ message: null });
          }}
        >
          {this.context.crash.tryAgain}
        </button>
      </div>
    );
  }
}
