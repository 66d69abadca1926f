import type { LibraryFunction } from '../library/library-function.ts';
import {
  type ConnectorBaseUrls,
  createRestConnector,
  type RestConnector,
} from './create-rest-connector.ts';

type Method = Omit<RestConnector, 'name' | 'service'>;

// From the API's discovery document.
const PUBSUB: Readonly<Record<string, Method>> = {
  'projects.topics.create': { method: 'PUT', path: 'v1/{name}', hasBody: true },
  'projects.topics.get': { method: 'GET', path: 'v1/{topic}' },
  'projects.topics.list': {
    method: 'GET',
    path: 'v1/{project}/topics',
    query: ['pageSize', 'pageToken'],
  },
  'projects.topics.delete': { method: 'DELETE', path: 'v1/{topic}' },
  'projects.topics.publish': { method: 'POST', path: 'v1/{topic}:publish', hasBody: true },
  'projects.subscriptions.create': { method: 'PUT', path: 'v1/{name}', hasBody: true },
  'projects.subscriptions.get': { method: 'GET', path: 'v1/{subscription}' },
  'projects.subscriptions.delete': { method: 'DELETE', path: 'v1/{subscription}' },
  'projects.subscriptions.pull': { method: 'POST', path: 'v1/{subscription}:pull', hasBody: true },
  'projects.subscriptions.acknowledge': {
    method: 'POST',
    path: 'v1/{subscription}:acknowledge',
    hasBody: true,
  },
};

const PRECONDITIONS = ['ifGenerationMatch', 'ifGenerationNotMatch', 'ifMetagenerationMatch'];

const STORAGE: Readonly<Record<string, Method>> = {
  'buckets.insert': {
    method: 'POST',
    path: 'storage/v1/b',
    query: ['project', 'predefinedAcl', 'projection'],
    hasBody: true,
  },
  'buckets.get': { method: 'GET', path: 'storage/v1/b/{bucket}', query: ['projection'] },
  'buckets.list': {
    method: 'GET',
    path: 'storage/v1/b',
    query: ['project', 'prefix', 'maxResults', 'pageToken'],
  },
  'buckets.delete': { method: 'DELETE', path: 'storage/v1/b/{bucket}' },
  'objects.get': {
    method: 'GET',
    path: 'storage/v1/b/{bucket}/o/{object}',
    query: ['alt', 'generation', 'projection', 'userProject', ...PRECONDITIONS],
  },
  'objects.list': {
    method: 'GET',
    path: 'storage/v1/b/{bucket}/o',
    query: [
      ...['prefix', 'delimiter', 'maxResults', 'pageToken', 'startOffset', 'endOffset'],
      ...['fields', 'matchGlob', 'projection', 'versions'],
    ],
  },
  'objects.insert': {
    method: 'POST',
    path: 'upload/storage/v1/b/{bucket}/o',
    query: ['name', 'uploadType', 'contentEncoding', 'predefinedAcl', ...PRECONDITIONS],
    hasBody: true,
  },
  'objects.patch': {
    method: 'PATCH',
    path: 'storage/v1/b/{bucket}/o/{object}',
    query: ['generation', ...PRECONDITIONS],
    hasBody: true,
  },
  'objects.copy': {
    method: 'POST',
    path: 'storage/v1/b/{sourceBucket}/o/{sourceObject}/copyTo/b/{destinationBucket}/o/{destinationObject}',
    query: ['sourceGeneration', ...PRECONDITIONS],
    hasBody: true,
  },
  'objects.delete': {
    method: 'DELETE',
    path: 'storage/v1/b/{bucket}/o/{object}',
    query: ['generation', ...PRECONDITIONS],
  },
};

/** Creates the connectors that come with the engine. */
export function createDefaultConnectors(baseUrls: ConnectorBaseUrls): readonly LibraryFunction[] {
  const create = (service: string, methods: Readonly<Record<string, Method>>) =>
    Object.entries(methods).map(([method, parts]) =>
      createRestConnector(
        { name: `googleapis.${service}.v1.${method}`, service, ...parts },
        baseUrls,
      ),
    );
  return [...create('pubsub', PUBSUB), ...create('storage', STORAGE)];
}
