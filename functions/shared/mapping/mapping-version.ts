/**
 * The version of the mapping, which every record fingerprint starts with. Raise it when mapRecord
 * gives another row for some record: otherwise stored permits keep the old row until the City
 * changes them. 1 to 255.
 */
export const MAPPING_VERSION = 1;
