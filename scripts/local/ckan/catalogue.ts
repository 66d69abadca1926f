// The package and the datastore's resource are named as the City names them.
export const PACKAGE_NAME = 'building-permits-active-permits';
export const DATASTORE_RESOURCE_ID = '6d0229af-bc54-46de-9c2b-26759b01dd05';
// These ids are invented: the City's differ, and nothing may rely on them.
const PACKAGE_ID = '108c2bd1-0000-4000-8000-000000000001';
const CACHE_RESOURCE_IDS = {
  CSV: 'a1b2c3d4-0000-4000-8000-000000000002',
  XML: 'a1b2c3d4-0000-4000-8000-000000000003',
  JSON: 'a1b2c3d4-0000-4000-8000-000000000004',
} as const;

/** When the City last loaded the table; CKAN writes times without a zone. */
const LAST_MODIFIED = '2026-01-05T10:00:00.000000';

const RESOURCE_NAME = 'Building Permits - Active Permits';

/** The path of the JSON download. */
export const DOWNLOAD_PATH = downloadPath('JSON');

type CacheFormat = keyof typeof CACHE_RESOURCE_IDS;

const MIME_TYPES: Readonly<Record<CacheFormat, string>> = {
  CSV: 'text/csv',
  XML: 'text/xml',
  JSON: 'application/json',
};

function downloadPath(format: CacheFormat): string {
  const file = `${PACKAGE_NAME}.${format.toLowerCase()}`;
  return `/dataset/${PACKAGE_ID}/resource/${CACHE_RESOURCE_IDS[format]}/download/${file}`;
}

/**
 * Builds the `result` of package_show: the datastore's resource, then the files that the City makes
 * from it after each load. It lists all of them, as the City does, but only the JSON file is
 * served.
 */
export function describePackage(baseUrl: string): Record<string, unknown> {
  const cacheFiles = (['CSV', 'XML', 'JSON'] as const).map((format, index) => ({
    ...describeResource(CACHE_RESOURCE_IDS[format], format, index + 1),
    name: `${RESOURCE_NAME}.${format.toLowerCase()}`,
    mimetype: MIME_TYPES[format],
    url: baseUrl + downloadPath(format),
    url_type: 'upload',
    datastore_active: false,
    is_datastore_cache_file: 'True',
    datastore_resource_id: DATASTORE_RESOURCE_ID,
  }));
  return {
    id: PACKAGE_ID,
    name: PACKAGE_NAME,
    title: RESOURCE_NAME,
    type: 'dataset',
    state: 'active',
    private: false,
    license_id: 'open-government-licence-toronto',
    refresh_rate: 'Daily',
    last_refreshed: LAST_MODIFIED,
    metadata_modified: LAST_MODIFIED,
    num_resources: cacheFiles.length + 1,
    resources: [
      {
        ...describeResource(DATASTORE_RESOURCE_ID, 'CSV', 0),
        name: RESOURCE_NAME,
        mimetype: null,
        url: `${baseUrl}/datastore/dump/${DATASTORE_RESOURCE_ID}`,
        url_type: 'datastore',
        datastore_active: true,
      },
      ...cacheFiles,
    ],
  };
}

function describeResource(id: string, format: string, position: number): Record<string, unknown> {
  return {
    id,
    package_id: PACKAGE_ID,
    format,
    position,
    state: 'active',
    created: LAST_MODIFIED,
    last_modified: LAST_MODIFIED,
    metadata_modified: LAST_MODIFIED,
  };
}
