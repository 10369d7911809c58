import { FIELD_VALUE } from './layouts.ts';

/** Ids of NVML's field values. Throttle times are in nanoseconds, NVLink traffic in KiB. */
export const FIELD = {
  swPowerCapNs: 74,
  syncBoostNs: 76,
  memoryTemperature: 82,
  pcieReplays: 94,
  nvlinkTransmitKib: 138,
  nvlinkReceiveKib: 139,
  remappedCorrected: 142,
  remappedUncorrected: 143,
  remapPending: 144,
  remapFailure: 145,
  pcieTransmitBytes: 197,
  pcieReceiveBytes: 198,
  recoveryAction: 230,
  swThermalNs: 269,
  hwThermalNs: 270,
  hwPowerBrakeNs: 271,
} as const;

export type FieldName = keyof typeof FIELD;

const NAMES = Object.keys(FIELD) as readonly FieldName[];
/** Sums over all links. */
const ALL_LINKS = 0xff_ff_ff_ff;

/** A batch as it is handed over: ids, and no entry filled. */
const REQUEST: Buffer = createRequest();

function createRequest(): Buffer {
  const request = Buffer.alloc(NAMES.length * FIELD_VALUE.size);
  NAMES.forEach((name, index) => {
    const at = index * FIELD_VALUE.size;
    const isLink = name === 'nvlinkTransmitKib' || name === 'nvlinkReceiveKib';
    request.writeUInt32LE(FIELD[name], at + FIELD_VALUE.fields.fieldId);
    request.writeUInt32LE(isLink ? ALL_LINKS : 0, at + FIELD_VALUE.fields.scopeId);
    request.writeInt32LE(-1, at + FIELD_VALUE.fields.nvmlReturn);
  });
  return request;
}

/** One batch for a device: written once, filled by the driver at each call. */
export class FieldBatch {
  readonly buffer: Buffer = Buffer.alloc(NAMES.length * FIELD_VALUE.size);
  readonly count: number = NAMES.length;

  /** Sets the ids again; a driver may write over them. */
  prepare(): void {
    REQUEST.copy(this.buffer);
  }

  /** Values of the fields that this device has. */
  read(): ReadonlyMap<FieldName, bigint> {
    const values = new Map<FieldName, bigint>();
    NAMES.forEach((name, index) => {
      const value = readFieldValue(this.buffer, index * FIELD_VALUE.size);
      if (value !== undefined) values.set(name, value);
    });
    return values;
  }
}

/** A value by the type that its entry names; `undefined` when it failed or has an unknown type. */
function readFieldValue(buffer: Buffer, at: number): bigint | undefined {
  const { fields } = FIELD_VALUE;
  if (buffer.readInt32LE(at + fields.nvmlReturn) !== 0) return undefined;
  const place = at + fields.value;
  switch (buffer.readInt32LE(at + fields.valueType)) {
    case 0: {
      const value = buffer.readDoubleLE(place);
      return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
    }
    case 1:
      return BigInt(buffer.readUInt32LE(place));
    case 2:
    case 3:
      return buffer.readBigUInt64LE(place);
    case 4:
      return buffer.readBigInt64LE(place);
    case 5:
      return BigInt(buffer.readInt32LE(place));
    case 6:
      return BigInt(buffer.readUInt16LE(place));
    default:
      return undefined;
  }
}
