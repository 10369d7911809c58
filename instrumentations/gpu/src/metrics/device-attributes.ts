import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_GPU_CUDA_VERSION,
  ATTR_GPU_INDEX,
  ATTR_GPU_MIG_COMPUTE_INSTANCE_ID,
  ATTR_GPU_MIG_GPU_INSTANCE_ID,
  ATTR_GPU_MIG_PROFILE,
  ATTR_GPU_PCI_BUS_ID,
  ATTR_HW_DRIVER_VERSION,
  ATTR_HW_FIRMWARE_VERSION,
  ATTR_HW_ID,
  ATTR_HW_MODEL,
  ATTR_HW_NAME,
  ATTR_HW_PARENT,
  ATTR_HW_SERIAL_NUMBER,
  ATTR_HW_VENDOR,
} from '@telltale/core';

import type { GpuIdentity } from '../snapshot/reading.ts';

/** Points of one metric that differ in the value of an attribute. One object for all devices. */
export interface PointGroup {
  /** What the point of a key has besides the device's own attributes. */
  readonly point: (key: string) => Attributes;
}

/** The attributes of a device, each combination made once: the SDK keeps the objects. */
export class DeviceAttributes {
  readonly plain: Attributes;
  readonly info: Attributes;
  readonly #base: Attributes;
  readonly #groups = new Map<PointGroup, Map<string, Attributes>>();

  constructor(identity: GpuIdentity) {
    const { id, name, parent } = identity;
    this.#base = {
      [ATTR_HW_ID.name]: id,
      [ATTR_HW_NAME.name]: name,
      ...(parent === undefined ? {} : { [ATTR_HW_PARENT.name]: parent }),
    };
    this.plain = Object.freeze({ ...this.#base });
    this.info = Object.freeze({ ...this.#base, ...facts(identity) });
  }

  /**
   * The device's own attributes with those of one point of a group. Asked for every point of every
   * collection, so nothing is made to look one up.
   */
  of(group: PointGroup, key: string): Attributes {
    const points = this.#pointsOf(group);
    const known = points.get(key);
    if (known !== undefined) return known;
    const made = Object.freeze({ ...this.#base, ...group.point(key) });
    points.set(key, made);
    return made;
  }

  #pointsOf(group: PointGroup): Map<string, Attributes> {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const made = new Map<string, Attributes>();
    this.#groups.set(group, made);
    return made;
  }
}

/** An attribute with the value `undefined` would be a series of its own. */
function facts(identity: GpuIdentity): Attributes {
  const { mig } = identity;
  const all = {
    [ATTR_HW_MODEL.name]: identity.model,
    [ATTR_HW_VENDOR.name]: identity.vendor,
    [ATTR_HW_SERIAL_NUMBER.name]: identity.serial,
    [ATTR_HW_DRIVER_VERSION.name]: identity.driverVersion,
    [ATTR_HW_FIRMWARE_VERSION.name]: identity.firmwareVersion,
    [ATTR_GPU_INDEX.name]: identity.index,
    [ATTR_GPU_PCI_BUS_ID.name]: identity.busId,
    [ATTR_GPU_CUDA_VERSION.name]: identity.cudaVersion,
    [ATTR_GPU_MIG_PROFILE.name]: mig?.profile,
    [ATTR_GPU_MIG_GPU_INSTANCE_ID.name]: mig?.gpuInstance,
    [ATTR_GPU_MIG_COMPUTE_INSTANCE_ID.name]: mig?.computeInstance,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
