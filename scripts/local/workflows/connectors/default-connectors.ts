import type { LibraryFunction } from '../library/library-function.ts';
import {
  type ConnectorBaseUrls,
  createRestConnector,
  type RestConnector,
} from './create-rest-connector.ts';

// From the APIs' discovery documents.
const CONNECTORS: readonly RestConnector[] = [
  {
    name: 'googleapis.pubsub.v1.projects.topics.publish',
    service: 'pubsub',
    method: 'POST',
    path: 'v1/{topic}:publish',
    hasBody: true,
  },
  {
    name: 'googleapis.storage.v1.buckets.insert',
    service: 'storage',
    method: 'POST',
    path: 'storage/v1/b',
    query: ['project'],
    hasBody: true,
  },
  {
    name: 'googleapis.storage.v1.buckets.get',
    service: 'storage',
    method: 'GET',
    path: 'storage/v1/b/{bucket}',
  },
  {
    name: 'googleapis.storage.v1.buckets.delete',
    service: 'storage',
    method: 'DELETE',
    path: 'storage/v1/b/{bucket}',
  },
  {
    name: 'googleapis.storage.v1.objects.get',
    service: 'storage',
    method: 'GET',
    path: 'storage/v1/b/{bucket}/o/{object}',
    query: ['alt', 'generation', 'ifGenerationMatch', 'projection'],
  },
  {
    name: 'googleapis.storage.v1.objects.list',
    service: 'storage',
    method: 'GET',
    path: 'storage/v1/b/{bucket}/o',
    query: ['prefix', 'delimiter', 'maxResults', 'pageToken', 'startOffset', 'endOffset'],
  },
  {
    name: 'googleapis.storage.v1.objects.insert',
    service: 'storage',
    method: 'POST',
    path: 'upload/storage/v1/b/{bucket}/o',
    query: ['name', 'uploadType', 'ifGenerationMatch', 'contentEncoding'],
    hasBody: true,
  },
  {
    name: 'googleapis.storage.v1.objects.delete',
    service: 'storage',
    method: 'DELETE',
    path: 'storage/v1/b/{bucket}/o/{object}',
    query: ['generation', 'ifGenerationMatch'],
  },
];

/** The connectors that come with the engine. */
export function createDefaultConnectors(baseUrls: ConnectorBaseUrls): readonly LibraryFunction[] {
  return CONNECTORS.map((connector) => createRestConnector(connector, baseUrls));
}
