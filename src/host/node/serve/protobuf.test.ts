import { describe, expect, it } from 'vitest';
import { fieldNames, INLINE, readProtobuf } from './protobuf';
import { apiModels } from './testing';

/** A field whose value has a length, of a message. */
const field = (number: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};
const enveloped = (apiVersion: string, kind: string, object: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0', 'latin1'),
    field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])),
    field(2, object),
  ]);

describe('bodies in protobuf', () => {
  it('name all fields as JSON does', async () => {
    const models = Object.values(await apiModels());
    // Of older metrics, which the schema does not have: one version's messages bear the names of another's.
    const unknown = fieldNames()
      .filter(([message]) => !message.startsWith('autoscaling.'))
      .flatMap(([message, names]) => {
        const [group = '', kind = ''] = message.split('.');
        const model = models.find(({ name }) => name.endsWith(`.${group}.v1.${kind}`));
        const known = Object.keys(model?.fields ?? {});
        return known.length === 0
          ? []
          : names.filter((name) => !known.includes(name) && !INLINE.has(name)).map((name) => `${message}.${name}`);
      });
    expect(unknown).toEqual([]);
  });

  it('are read as the JSON that they stand for, also where a part stands in its whole without a name', () => {
    const path = field(1, '/shop');
    const rule = Buffer.concat([field(1, 'a.example'), field(2, field(1, field(1, path)))]);
    expect(readProtobuf(enveloped('networking.k8s.io/v1', 'Ingress', field(2, field(3, rule))))).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      spec: { rules: [{ host: 'a.example', http: { paths: [{ path: '/shop' }] } }] },
    });
  });

  it.each([
    ['nothing of ours', Buffer.from('{}'), 'does not appear to be a protobuf message'],
    ['a length that leads beyond the end', enveloped('v1', 'Pod', Buffer.from([0x0a, 0x7f])), 'unexpected EOF'],
    ['a kind that is not there', enveloped('v9', 'Nothing', Buffer.alloc(0)), 'no message core/v9.Nothing'],
    ['a number without end', enveloped('v1', 'Pod', Buffer.alloc(20, 0xff)), 'integer overflow'],
  ])('that are %s are refused', (_, bytes, message) => {
    expect(() => readProtobuf(bytes)).toThrow(message);
  });
});
