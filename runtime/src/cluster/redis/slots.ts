const slotCount = 16_384;

/** One range of slots in the answer of CLUSTER SLOTS. */
interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly master: { readonly host: string; readonly port: number };
}

/** @returns the address of the primary of each slot @throws if a slot has none */
export function readOwners(ranges: readonly SlotRange[]): string[] {
  const owners = new Array<string>(slotCount).fill("");
  for (const { from, to, master } of ranges) owners.fill(`${master.host}:${master.port}`, from, to + 1);
  const missing = owners.indexOf("");
  if (missing >= 0) throw new Error(`The slot ${missing} of the Redis Cluster has no primary.`);
  return owners;
}

/** The slot of a key or channel. https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model */
export function slotOf(key: string): number {
  const start = key.indexOf("{");
  const end = key.indexOf("}", start + 1);
  const tag = start >= 0 && end > start + 1 ? key.slice(start + 1, end) : key;
  return crc16(Buffer.from(tag)) % slotCount;
}

/** CRC-16/XMODEM. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}
