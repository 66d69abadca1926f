import type { Weights } from '../draw.ts';
import type { PermitType } from './works.ts';

/** STRUCTURE_TYPE of a permit that concerns a house. */
export const HOUSES: Weights = {
  'SFD - Detached': 640,
  'SFD - Semi-Detached': 115,
  'SFD - Townhouse': 90,
  'Stacked Townhouses': 36,
  'Converted House': 20,
  '2 Unit - Detached': 6,
  '2 Unit - Semi-detached': 3,
  'Duplex ': 3,
  Triplex: 2,
  Laneway: 2,
  'SFD Garages': 1,
};

/** STRUCTURE_TYPE of any other permit. */
export const OTHER_BUILDINGS: Weights = {
  Office: 270,
  'Retail Store': 100,
  'Multiple Unit Building': 72,
  'Apartment Building': 66,
  'Multiple Use/Non Residential': 54,
  Other: 48,
  'Restaurant 30 Seats or Less ': 35,
  'Restaurant Greater Than 30 Seats': 35,
  Industrial: 35,
  'Elementary School': 24,
  'Medical/Dental Office': 19,
  'Mixed Use/Res w Non Res': 13,
  Warehouse: 12,
  Hospital: 12,
  'Place of Worship': 10,
  University: 7,
  'Secondary School': 7,
  'Personal Service Shop': 6,
  Bank: 6,
  'Parking Garage': 6,
  Unknown: 6,
  'Gas Station/Car Wash/Repair Garage': 5,
  'College/Trade/Tech School/Training Cent.': 5,
  'Transit Station,Subway, Bus Terminal': 4,
  'Motel/Hotel': 4,
  'Child Care Facility/DayCare Centre': 4,
  'Industrial Manufacturing Plant': 4,
  ' Mixed Comm/Res ': 2,
  '  IBMS SCARBOROUGH': 1,
};

/** The share of each type's permits that concern a house. */
export const HOUSE_SHARES: Readonly<Record<PermitType, number>> = {
  'Small Residential Projects': 0.99,
  'Building Additions/Alterations': 0.04,
  'Plumbing(PS)': 0.52,
  'Drain and Site Service': 0.94,
  'New Houses': 1,
  'Mechanical(MS)': 0.5,
  'Fire/Security Upgrade': 0,
  'Residential Building Permit': 0.9,
  'Demolition Folder (DM)': 0.9,
  'New Building': 0,
  'Designated Structures': 0.02,
  'Partial Permit': 0.4,
  'Non-Residential Building Permit': 0,
  'Temporary Structures': 0,
  'Conditional Permit': 0.5,
  'AS Alternative Solution': 0.3,
  'Portable Classrooms': 0,
  'Multiple Use Permit': 0,
};

/** Labels of STRUCTURE_TYPE that the City has renamed over the years. */
export const RELABELLED: Readonly<Record<string, string>> = {
  'SFD - Detached': '1 Unit - Detached',
  'SFD - Semi-Detached': '1 Unit - Semi-detached',
  'SFD - Townhouse': '1 Unit - Townhouse',
  'Converted House': '2 Unit - Detached',
  'Duplex ': '2 Unit - Detached',
  'Multiple Unit Building': 'Apartment Building',
  Office: 'Office Building',
  'Retail Store': 'Retail',
};

/** CURRENT_USE and PROPOSED_USE as typed by clerks, for a house. */
export const HOUSE_USES: Weights = {
  Sfd: 320,
  'Sfd-Detached': 140,
  Vacant: 90,
  'Sfd - Detached': 31,
  House: 24,
  'Single Family Dwelling': 20,
  'Sfd-Semi': 17,
  'Sfd-Townhouse': 13,
  'Single Family Detached': 11,
  'Single-Family Detached House': 9,
  'Sfd-Semi Detached': 9,
  'Vacant Land': 8,
  'Sfd Det': 6,
  Semi: 6,
  'Sfd ': 4,
  '2 Unit Dwelling': 3,
  'Detached - Sfd': 3,
  'Stackded Townhouses': 2,
};

/** CURRENT_USE and PROPOSED_USE of any other building. */
export const OTHER_USES: Weights = {
  Office: 140,
  Retail: 42,
  Vacant: 25,
  Industrial: 14,
  Restaurant: 13,
  None: 12,
  'Retail Store': 12,
  'Apartment Building': 11,
  Commercial: 9,
  'Elementary School': 7,
  Warehouse: 6,
  Hospital: 6,
  School: 5,
  'Mixed Use (Retail)': 5,
  'Not Known': 4,
  'Place Of Worship': 4,
  'Mixed Use': 4,
  'Office ': 3,
  Bank: 3,
  University: 3,
  'Multi Use': 2,
};
