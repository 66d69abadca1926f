import type { Weights } from '../draw.ts';

/** An invented street name is a stem and an ending, or a stem alone. */
export const STREET_STEMS = [
  ...['ALDER', 'AMBER', 'ARBOUR', 'ASHEN', 'BARREL', 'BIRCHEN', 'BRAMBLE', 'BRIAR', 'BRINDLE'],
  ...['CALDER', 'CANDLE', 'CHESTER', 'CLOVER', 'COPPER', 'CRANE', 'DAPPLE', 'DRIFT', 'EDDER'],
  ...['ELDER', 'EVER', 'FALLOW', 'FENNEL', 'FERN', 'FLINT', 'FOXEN', 'GARNET', 'GOSLING'],
  ...['HARROW', 'HAZEL', 'HERON', 'HOLLY', 'INGLE', 'IRON', 'JASPER', 'JUNIPER', 'KESTREL'],
  ...['LANTERN', 'LARK', 'LINDEN', 'MARROW', 'MILLER', 'MOSS', 'NETTLE', 'NORTH', 'OAKEN'],
  ...['ORCHARD', 'OTTER', 'PEBBLE', 'PIPER', 'QUARRY', 'QUILL', 'RAVEN', 'REED', 'ROWAN'],
  ...['SABLE', 'SORREL', 'SPARROW', 'TALLOW', 'TEASEL', 'THISTLE', 'UMBER', 'VALE', 'VESPER'],
  ...['WALNUT', 'WARBLER', 'WILLOW', 'WINTER', 'WREN', 'YARROW'],
] as const;

export const STREET_ENDINGS = [
  ...['', '', '', '', 'BANK', 'BOURNE', 'BROOK', 'BURY', 'COMBE', 'COTE', 'CREST', 'CROFT', 'DALE'],
  ...['DEN', 'FIELD', 'FORD', 'GATE', 'GLEN', 'GROVE', 'HAM', 'HAVEN', 'HILL', 'HOLM', 'HURST'],
  ...['LEA', 'MERE', 'MONT', 'MOOR', 'RIDGE', 'SIDE', 'STEAD', 'STONE', 'TON', 'VIEW', 'WICK'],
  ...['WOOD', 'WORTH', "'S MILL"],
] as const;

export const STREET_TYPES: Weights = {
  AVE: 15403,
  ST: 9853,
  RD: 6591,
  DR: 3529,
  BLVD: 1661,
  CRES: 1644,
  ' ': 1205,
  CRT: 399,
  PL: 312,
  GDNS: 175,
  CRCL: 121,
  PKWY: 96,
  TRL: 95,
  GRV: 92,
  SQ: 79,
  LANE: 73,
  TER: 45,
  WAY: 35,
};

export const STREET_DIRECTIONS: Weights = { ' ': 851, W: 89, E: 56, N: 2, S: 2 };

/** First two characters of a forward sortation area; the third is a letter. */
export const POSTAL_STEMS = [
  ...['M1', 'M1', 'M2', 'M2', 'M2', 'M3', 'M4', 'M4', 'M4', 'M5', 'M5', 'M5', 'M6', 'M6', 'M6'],
  ...['M8', 'M9', 'M9'],
] as const;
export const POSTAL_LETTERS = 'ABCEGHJKLMNPRSTVWXY';

/** A ward grid is a district's letter, a ward and one of its squares: `S2809`. */
export const WARD_RANGES = [
  { district: 'W', firstWard: 1, wards: 13 },
  { district: 'N', firstWard: 8, wards: 19 },
  { district: 'S', firstWard: 14, wards: 19 },
  { district: 'E', firstWard: 35, wards: 10 },
] as const;

/** Invented builders: a company is stem + trade + form, a person given name + surname. */
export const BUILDER_STEMS = [
  ...['NORTHWICK', 'ALDERSGATE', 'BRAMBLECROFT', 'QUILLHAVEN', 'TEASELMONT', 'VESPERTON'],
  ...['OAKENFORD', 'FOXENDALE', 'LANTERN & LARK', 'UMBERSTONE', 'D’ARVELLE', 'ÉTOILE DU NORD'],
] as const;
export const BUILDER_TRADES = ['HOMES', 'CONTRACTING', 'BUILDERS', 'MECHANICAL', 'DESIGN BUILD'];
export const BUILDER_FORMS = ['INC', 'INC.', 'LTD', 'LTD.', 'CORP', '', '(ONTARIO) LIMITED'];
export const GIVEN_NAMES = ['MIREL', 'TOBIN', 'ANSA', 'CORVIN', 'LIORA', 'PELL', 'ZADIE', 'OSKAR'];
export const SURNAMES = ['HALVERBY', 'TRENOWICK', 'QUILLON', 'BARDOVIC', 'ASHENMOOR', 'VANTREL'];
