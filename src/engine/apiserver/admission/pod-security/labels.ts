/** What the labels of a namespace that ask for Pod Security begin with. */
export const PREFIX = 'pod-security.kubernetes.io/';
