import { describe, expect, it } from 'vitest';
import { createContainerAddresses } from '../../../src/probes/docker/container-addresses.ts';
import { ContainerSummary } from '../../../src/probes/docker/schemas.ts';
import { createAddressOwners } from '../../../src/probes/nginx/address-owners.ts';

const containers = [
  ContainerSummary.parse({
    Id: 'a1',
    Names: ['/orders'],
    Image: '',
    State: 'running',
    Status: '',
    Created: 0,
    Ports: [
      { PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { PrivatePort: 53, PublicPort: 5353, Type: 'udp' },
    ],
    NetworkSettings: {
      Networks: {
        shop: {
          IPAddress: '172.18.4.3',
          IPPrefixLen: 20,
          GlobalIPv6Address: 'fd00::3',
          Gateway: '172.18.0.1',
        },
        left: { IPAddress: '', IPPrefixLen: 0, GlobalIPv6Address: '', Gateway: '' },
      },
    },
  }),
];
const addresses = createContainerAddresses(containers);

describe('createContainerAddresses', () => {
  it.each([
    ['172.18.4.3', 'orders'],
    ['fd00::3', 'orders'],
    ['172.18.4.4', undefined],
    ['', undefined],
  ])('%s belongs to %s', (address, owner) => {
    expect(addresses.ownerOf(address)).toBe(owner);
  });

  it.each([
    ['172.18.0.1', 8080, 'orders'],
    ['172.18.0.1', 5353, undefined],
    ['172.18.4.3', 8080, undefined],
  ])('%s forwards port %i to %s', (address, port, publisher) => {
    expect(addresses.publisherOf(address, port)).toBe(publisher);
  });

  it.each([
    ['172.18.15.254', true],
    ['172.18.16.1', false],
    ['fd00::3', false],
    ['unix:/run/app.sock', false],
  ])('%s is in a network of containers: %s', (address, expected) => {
    expect(addresses.isInNetwork(address)).toBe(expected);
  });
});

describe('createAddressOwners', () => {
  it.each([
    ['172.18.4.3:3000', { kind: 'container', container: 'orders' }],
    ['172.18.4.9:3000', { kind: 'free' }],
    ['10.0.0.7:3000', { kind: 'elsewhere' }],
    ['unix:/run/app.sock', { kind: 'unknown' }],
    ['[fd00::9]:3000', { kind: 'unknown' }],
  ])('%s is %o', (upstream, owner) => {
    expect(createAddressOwners(containers)(upstream)).toEqual(owner);
  });

  it('knows nothing where no engine could be asked', () => {
    expect(createAddressOwners(undefined)('172.18.4.3:3000')).toEqual({ kind: 'unknown' });
  });
});
