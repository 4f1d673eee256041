/** Names in the order in which people count: `node-2` before `node-10`. */

const splitNumber = (name: string): readonly [string, number] => {
  const match = /^(.*?)(\d{1,15})$/.exec(name);
  return match ? [match[1] ?? '', Number(match[2])] : [name, -1];
};

export function compareNames(a: string, b: string): number {
  const [stemA, numberA] = splitNumber(a);
  const [stemB, numberB] = splitNumber(b);
  if (stemA !== stemB) return stemA < stemB ? -1 : 1;
  return numberA - numberB;
}
