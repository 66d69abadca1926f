/**
 * Version of the mapping, 1 to 255, with which every record fingerprint starts. Raise it if mapRecord
 * gives a different row for any record; otherwise stored permits keep the old row until the City
 * changes them.
 */
export const MAPPING_VERSION = 1;
