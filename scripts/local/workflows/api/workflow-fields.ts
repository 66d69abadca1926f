import type { Revision } from '../service/revision.ts';
import type { Fields } from './list/field.ts';

/** Fields to filter and order workflows by. `name` is only the last part of the name here. */
export const WORKFLOW_FIELDS: Fields<Revision> = {
  name: { kind: 'text', read: ({ workflowId }) => workflowId },
  description: { kind: 'text', read: ({ description }) => description },
  state: { kind: 'text', read: () => 'ACTIVE' },
  revisionId: { kind: 'text', read: ({ revisionId }) => revisionId },
  createTime: { kind: 'time', read: ({ createTime }) => createTime },
  updateTime: { kind: 'time', read: ({ updateTime }) => updateTime },
  revisionCreateTime: { kind: 'time', read: ({ revisionCreateTime }) => revisionCreateTime },
  labels: { kind: 'map', read: ({ labels }) => labels },
};
