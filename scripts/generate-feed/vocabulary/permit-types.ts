import type { Weights } from '../draw.ts';
import type { PermitType } from './works.ts';

/**
 * How often a permit of each type leads a job. Plumbing, mechanical and drain permits are mostly
 * companions of another permit, so fewer of them lead than the feed has.
 */
export const LEADING_TYPES: Readonly<Record<PermitType, number>> = {
  'Small Residential Projects': 400,
  'Building Additions/Alterations': 285,
  'Plumbing(PS)': 240,
  'Drain and Site Service': 105,
  'New Houses': 110,
  'Mechanical(MS)': 210,
  'Fire/Security Upgrade': 40,
  'Residential Building Permit': 22,
  'Demolition Folder (DM)': 29,
  'New Building': 24,
  'Designated Structures': 20,
  'Partial Permit': 11,
  'Non-Residential Building Permit': 6,
  'Temporary Structures': 5,
  'Conditional Permit': 5,
  'AS Alternative Solution': 3,
  'Portable Classrooms': 1,
  'Multiple Use Permit': 1,
};

/** The types filed for one job under one number; no other type has companions. */
export const COMPANION_TYPES: Readonly<Partial<Record<PermitType, readonly PermitType[]>>> = {
  'Small Residential Projects': ['Plumbing(PS)', 'Mechanical(MS)', 'Drain and Site Service'],
  'Building Additions/Alterations': ['Mechanical(MS)', 'Plumbing(PS)', 'Fire/Security Upgrade'],
  'New Houses': ['Plumbing(PS)', 'Mechanical(MS)', 'Drain and Site Service'],
  'New Building': ['Plumbing(PS)', 'Mechanical(MS)', 'Drain and Site Service'],
  'Residential Building Permit': ['Plumbing(PS)', 'Mechanical(MS)', 'Drain and Site Service'],
  'Non-Residential Building Permit': ['Mechanical(MS)', 'Plumbing(PS)', 'Fire/Security Upgrade'],
};

const BUILDING: Weights = { ' BLD': 90, ' B01': 4, ' B02': 2, ' CMB': 3, ' 000': 1 };

/** The last four characters of PERMIT_NUM. */
export const SUFFIXES: Readonly<Record<PermitType, Weights>> = {
  'Small Residential Projects': { ' BLD': 997, ' CMB': 3 },
  'Building Additions/Alterations': BUILDING,
  'Plumbing(PS)': { ' PLB': 77, ' PSA': 19, ' P01': 2, ' P02': 2 },
  'Drain and Site Service': { ' DRN': 95, ' STS': 3, ' 000': 1, ' D01': 1 },
  'New Houses': BUILDING,
  'Mechanical(MS)': { ' HVA': 93, ' MSA': 4, ' H01': 2, ' H02': 1 },
  'Fire/Security Upgrade': { ' FSU': 99, '    ': 1 },
  'Residential Building Permit': { ' CMB': 50, ' DEM': 25, ' BLD': 20, ' COM': 5 },
  'Demolition Folder (DM)': { ' DEM': 1 },
  'New Building': BUILDING,
  'Designated Structures': { ' DST': 1 },
  'Partial Permit': { ' STR': 30, ' SHO': 20, ' FND': 30, ' F01': 20 },
  'Non-Residential Building Permit': { ' CMB': 70, ' BLD': 20, ' DEM': 10 },
  'Temporary Structures': { ' TPS': 1 },
  'Conditional Permit': { ' BLD': 50, ' STR': 30, ' B01': 10, ' B03': 10 },
  'AS Alternative Solution': { ' ALT': 1 },
  'Portable Classrooms': { ' PCL': 1 },
  'Multiple Use Permit': { ' CMB': 1, ' PRT': 1 },
};

/** REVISION_NUM of the permit that leads a job. */
export const REVISIONS: Weights = {
  '00': 3740,
  '01': 280,
  '02': 45,
  '03': 12,
  '04': 5,
  '05': 2,
  '06': 1,
  '08': 1,
  '2': 1,
  XX: 1,
};
