import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { BlockList, type LookupFunction } from 'node:net';

/**
 * Address ranges outside the public internet, including 169.254.169.254, the cloud's metadata
 * server. The last four IPv6 ranges embed IPv4 addresses, which could be private ones.
 * Source: IANA, "Special-Purpose Address Registry" for IPv4 and for IPv6.
 */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const NOT_PUBLIC_V6 = [
  '100::/64',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  '::/96',
  '64:ff9b::/32',
  '2001::/32',
  '2002::/16',
];

function toBlockList(): BlockList {
  const list = new BlockList();
  const add = (type: 'ipv4' | 'ipv6', subnets: readonly string[]): void => {
    for (const subnet of subnets) {
      const [network = '', prefix] = subnet.split('/');
      list.addSubnet(network, Number(prefix), type);
    }
  };
  add('ipv4', NOT_PUBLIC_V4);
  add('ipv6', NOT_PUBLIC_V6);
  return list;
}

const NOT_PUBLIC = toBlockList();

/** @returns false for a private, loopback, link-local, multicast or otherwise special address. */
export function isPublicAddress(address: string): boolean {
  // BlockList checks ::ffff:127.0.0.1 as the IPv4 address in it.
  return !NOT_PUBLIC.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

/** A host that is, or resolves to, an address that is not public. */
export class AddressNotPublic extends Error {
  constructor(host: string, address: string) {
    super(
      host === address
        ? `${host} is not a public address`
        : `${host} resolves to ${address}, which is not a public address`,
    );
  }
}

/** The form of `dns.lookup` that gives every address of a name. */
export type LookupAll = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Creates a `lookup` for sockets that fails unless every address of a name is public. The socket
 * connects to the addresses that were checked, so a name that changes them later gains nothing.
 */
export function createPublicLookup(lookupAll: LookupAll): LookupFunction {
  return (host, options, callback) => {
    lookupAll(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      const inside = addresses?.find(({ address }) => !isPublicAddress(address));
      if (error || first === undefined) callback(error ?? new Error(`${host} has no address`), []);
      else if (inside) callback(new AddressNotPublic(host, inside.address), []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
