/** One attempt of the scheduler: every node's verdict by plug-in, and the scores from raw to weighted. */
import type { AttemptRecord, Rejection } from '#engine/cluster/records';
import type { Catalogue } from '../text/en';
import { useText } from '../text/text';

function Scores({ attempt, text }: { attempt: AttemptRecord; text: Catalogue }) {
  const { scores } = attempt;
  if (scores === null) return null;
  return (
    <table className="verdicts" aria-label={text.verdicts.scores(attempt.pod.name)}>
      <caption>{text.verdicts.scoreLegend}</caption>
      <thead>
        <tr>
          <th scope="col">{text.verdicts.node}</th>
          <th scope="col">{text.verdicts.total}</th>
          {scores.plugins.map(({ plugin, weight }) => (
            <th key={plugin} scope="col">
              {text.verdicts.weighted(plugin, weight)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {scores.nodes.map((node, i) => (
          <tr key={node} aria-current={node === attempt.node}>
            <th scope="row">{node}</th>
            <td>{scores.totals[i]}</td>
            {scores.plugins.map(({ plugin, weight, raw, normalized }) => (
              <td key={plugin}>{text.verdicts.score(raw[i]!, normalized[i]!, weight)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rejections({ attempt, text }: { attempt: AttemptRecord; text: Catalogue }) {
  const rejected: readonly Rejection[] = [
    ...attempt.rejected,
    ...(attempt.ruledOut === null ? [] : [attempt.ruledOut]),
  ];
  if (rejected.length === 0) return null;
  return (
    <table className="verdicts" aria-label={text.verdicts.rejections(attempt.pod.name)}>
      <thead>
        <tr>
          <th scope="col">{text.verdicts.plugin}</th>
          <th scope="col">{text.verdicts.reason}</th>
          <th scope="col">{text.verdicts.nodes}</th>
        </tr>
      </thead>
      <tbody>
        {rejected.map(({ plugin, reasons, count, nodes }) => (
          <tr key={`${plugin} ${reasons.join()}`}>
            <th scope="row">{plugin}</th>
            <td>{reasons.join(', ')}</td>
            <td>
              {nodes.join(', ')} {count > nodes.length ? text.verdicts.more(count - nodes.length) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Verdicts({ attempt }: { attempt: AttemptRecord }) {
  const text = useText();
  const { sample, nodes, tied, victims } = attempt;
  return (
    <details className="verdict-details">
      <summary>{text.verdicts.summary(attempt.attempt)}</summary>
      <p className="quiet">{text.verdicts.sample(sample.evaluated, nodes, sample.feasible, sample.wanted)}</p>
      {tied > 1 ? <p className="quiet">{text.verdicts.tied(tied)}</p> : null}
      {victims.length > 0 ? <p className="quiet">{text.verdicts.victims(victims)}</p> : null}
      <Scores attempt={attempt} text={text} />
      <Rejections attempt={attempt} text={text} />
    </details>
  );
}
