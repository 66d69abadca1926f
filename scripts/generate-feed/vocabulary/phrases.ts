/**
 * The phrases that make up descriptions. `{n}` is a small number, `{m}` square metres,
 * `{unit}` a unit, `{tenant}` an invented tenant, `{ref}` another permit's number.
 */
export const HOUSE_OPENINGS = [
  'Proposal to construct',
  'Proposal for',
  'To construct',
  'Construct',
  'Permit for',
  'Proposed construction of',
  'PROPOSAL FOR',
  'Revision to existing building permit for',
] as const;

export const HOUSE_JOBS = [
  'a {n} storey rear addition',
  'a new {n} storey single family detached dwelling with integral garage',
  'interior alterations to the basement and a new 3 piece washroom',
  'a rear deck ({m} m2) and a walkout at the side',
  'a detached garage at rear',
  'underpinning of the existing basement',
  'a second storey addition over the existing footprint',
  'a second suite in the basement',
  'a front porch and new stairs',
  'a covered deck with "glass" guards at rear',
  'removal of a bearing wall, new beam 6" x 10"',
  'a new {n} storey dwelling with attached garage at grade',
  'fire damage repairs, replace framing "as was"',
  "a third floor dormer with a 3' x 5' window",
] as const;

export const HOUSE_DETAILS = [
  ' to the existing single family dwelling',
  ' ({m} m2)',
  ', finished basement and a rear deck',
  '. Demolish the existing one storey dwelling',
  ' and interior alterations to all floors',
  ', no structural changes',
  ' including HVAC & PLBG',
  '.  See also {ref}',
  ', w\\ new windows on the west side',
  ' with a below grade entrance',
] as const;

export const OTHER_OPENINGS = [
  'Interior alterations to',
  'Proposal for interior alterations to',
  'INTERIOR ALTERATIONS TO',
  'Proposal to renovate',
  'Tenant fit-up of',
  'Interior alteration for',
  'Proposed interior alterations and new partitions in',
] as const;

export const OTHER_JOBS = [
  'unit {unit}',
  'the existing office on the {n}th floor',
  'a retail unit on the ground floor - "{tenant}"',
  'portions of floors {n} and {unit}',
  'the existing restaurant for "{tenant}"',
  'the {n} storey apartment building',
  'suite {unit} for office use',
  'the existing warehouse ({m} m2)',
  'the medical offices in unit {unit}',
  'washrooms and corridors of the school',
] as const;

export const OTHER_DETAILS = [
  ' in the existing office building',
  ' - tenant is "{tenant}"',
  ', demising wall and new ceiling',
  ". No change to the building's exterior",
  ' to convert retail to a cafe, 30 seats or less',
  ', sprinklers to be relocated',
  ' including barrier free washroom',
  '.  See also {ref}',
  ', gridlines N\\A to N\\D',
] as const;

/** Complete descriptions of the jobs that thousands of permits share. */
export const WHOLE_DESCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  'Back Water Valve (Sewer only)': [
    'Back Water Valve (Sewer only) installation.',
    'Back Water Valve (Sewer only)',
    'To install one backwater valve.',
    'install 4" mainline backwater valve',
    'Proposal to install a backwater valve on the sanitary line',
    'Backwater valve and sump pump ',
  ],
  ' Backflow Prevention Devices (Water only)': [
    'To install (1) Backflow Prevention Device (Water only).',
    'Premise isolation backflow preventer, 2" RP at meter',
    'Backflow Prevention Devices (Water only) - {n} devices',
  ],
  Demolition: [
    'Demolish existing one storey dwelling',
    'To demolish the existing {n} storey dwelling and detached garage',
    'Demolition of SFD.  See also {ref}',
  ],
  'Electromagnetic Locks': [
    'Install {n} electromagnetic locks',
    'Installation of electromagnetic locking devices on the {n}th floor - "{tenant}"',
  ],
  'Sign Building Permit Related': [
    'To erect and display one illuminated wall sign.\n**{tenant}**',
    'Proposal to erect one fascia sign, {m} m2, static copy\n**{tenant}**',
  ],
  'Certified Tents': ['Temporary tents, {n} in total, from July {n} to July 2{n}'],
};

/** Put by the office before the description that a companion permit copies. */
export const PREFIXES: Readonly<Record<string, readonly string[]>> = {
  'Plumbing(PS)': ['Plumbing - ', 'Plumbing  - ', 'PLB - ', 'Plumbing '],
  'Mechanical(MS)': ['HVAC - ', 'HVAC -', 'HVAC  - '],
  'Drain and Site Service': ['', '', 'Drain - '],
  'Fire/Security Upgrade': ['', 'FSU - '],
  'Partial Permit': ['PARTIAL PERMIT - '],
  'Conditional Permit': ['CONDITIONAL PERMIT - '],
};

export const REVISION_NOTES = [
  'REV 0{n} - revision to layout',
  'Revision #{n} - to relocate the stairs and add a window',
  'REVISION {n}: structural changes to beam in basement',
  'Rev. 0{n}:\trevised "as built" drawings',
] as const;

/** Left by old systems (UTF-8 read as Latin-1, once or twice) and typed by phones. */
export const ODD_CHARACTERS = [
  ' 2 Â½ storey',
  ' 45 mÂ²',
  ' cafÃ©',
  ' Â¿see planÂ¿',
  ' “as built”',
  ' – 3½ storeys',
  ' 🏗️ crane on site',
  ' 👷🏽',
] as const;

export const TENANTS = [
  ...['Quill & Candle', "Otter's Kettle", 'Umber Dental', 'Teasel Fitness', 'Larkmont Law'],
  ...['Vesper Coffee', 'Pebble & Pine', 'Sorrel Optical', 'MARROW STUDIO', 'Juniper Learning'],
] as const;
