/** A list of names and values. Empty values are left out. */
export function Facts({
  rows,
}: {
  rows: readonly (readonly [name: string, value: string | number | null | undefined])[];
}) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <dl className="facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
