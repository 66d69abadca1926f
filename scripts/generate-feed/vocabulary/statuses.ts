import type { Weights } from '../draw.ts';

/** STATUS of the permits on day 0. */
export const STATUSES: Weights = {
  Inspection: 138_546,
  'Permit Issued': 52_403,
  'Revision Issued': 20_698,
  'Issuance Pending': 2_974,
  "Examiner's Notice Sent": 2_757,
  'Revocation Pending': 2_335,
  'Under Review ': 2_100,
  'Application On Hold': 1_655,
  'Work Not Started': 1_093,
  'Not Started': 1_063,
  'Refusal Notice': 958,
  Open: 519,
  'Pending Cancellation': 488,
  'Ready for Issuance': 300,
  'Permit Issued/Close File': 280,
  'Application Received': 240,
  'Forward to Inspector': 200,
  'Response Received': 180,
  Suspended: 150,
  'Application on Hold': 120,
  'Deficiency Notice Issued': 110,
  'Abandoned ': 100,
  'Agreement in Progress': 90,
  'Pending Parent Folder Review': 70,
  'Order Issued': 60,
};

/** STATUS of a permit on the day it first appears. */
export const FIRST_STATUSES: Weights = {
  'Application Received': 25,
  'Under Review ': 25,
  'Permit Issued': 20,
  'Not Started': 15,
  'Application On Hold': 6,
  Open: 5,
  'Issuance Pending': 4,
};

/** The statuses under which no permit has been issued yet. */
export const UNISSUED_STATUSES: ReadonlySet<string> = new Set([
  'Issuance Pending',
  "Examiner's Notice Sent",
  'Under Review ',
  'Application On Hold',
  'Application on Hold',
  'Not Started',
  'Refusal Notice',
  'Open',
  'Ready for Issuance',
  'Application Received',
  'Response Received',
  'Deficiency Notice Issued',
  'Agreement in Progress',
  'Pending Parent Folder Review',
]);

/** Next statuses by status; any other status, and null, is followed by 'Inspection'. */
export const NEXT_STATUSES: Readonly<Record<string, Weights>> = {
  'Application Received': { 'Under Review ': 8, 'Application On Hold': 2, 'Not Started': 1 },
  'Not Started': { 'Under Review ': 5, 'Pending Parent Folder Review': 1 },
  Open: { 'Under Review ': 1, 'Permit Issued': 1 },
  'Under Review ': { "Examiner's Notice Sent": 4, 'Issuance Pending': 4, 'Permit Issued': 2 },
  "Examiner's Notice Sent": { 'Response Received': 3, 'Refusal Notice': 1 },
  'Response Received': { 'Issuance Pending': 3, 'Permit Issued': 2 },
  'Refusal Notice': { 'Response Received': 1, 'Pending Cancellation': 1 },
  'Application On Hold': { 'Under Review ': 1, 'Application on Hold': 1 },
  'Application on Hold': { 'Under Review ': 1 },
  'Issuance Pending': { 'Permit Issued': 5, 'Ready for Issuance': 1 },
  'Ready for Issuance': { 'Permit Issued': 1 },
  'Pending Parent Folder Review': { 'Permit Issued': 1 },
  'Permit Issued': { Inspection: 90, 'Revision Issued': 6, 'Work Not Started': 2 },
  'Work Not Started': { Inspection: 3, 'Revocation Pending': 1 },
  'Revocation Pending': { Inspection: 1, 'Pending Cancellation': 1 },
  Inspection: { 'Revision Issued': 4, 'Revocation Pending': 2, 'Pending Cancellation': 1 },
};
