/** Binds by writing a Binding. @source kubernetes pkg/scheduler/framework/plugins/defaultbinder/default_binder.go */
import { objectPath } from '#engine/client/paths';
import { definePlugin } from '../plugin';

export const defaultBinder = definePlugin({
  name: 'DefaultBinder',

  bind({ pod }, nodeName) {
    const { name, namespace = '', uid } = pod.metadata;
    return {
      method: 'POST',
      path: objectPath('Pod', namespace, name, 'binding'),
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      },
    };
  },
});
