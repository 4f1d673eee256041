/** Work queue keys are what `keyOf` of the API makes: `namespace/name`, or `name` for what has no namespace. */
/** The namespace and name of a key; the namespace is empty when it has none. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
