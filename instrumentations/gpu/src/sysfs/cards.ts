import { lineIn, type Tree } from './tree.ts';

const DRM = 'sys/class/drm';

/** A graphics card of the kernel. */
export interface Card {
  readonly driver: string;
  /** Folder of its device. */
  readonly device: string;
  readonly index: number;
  readonly busId?: string;
  /** Folders of its sensors. */
  readonly hwmon: string | undefined;
}

/** The cards that one of the drivers runs, not the connectors of theirs (`card0-HDMI-A-1`). */
export function listCards(tree: Tree, drivers: readonly string[]): readonly Card[] {
  return tree
    .list(DRM)
    .flatMap((name) => {
      const number = /^card(\d+)$/u.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .toSorted((one, other) => one - other)
    .flatMap((index) => {
      const device = `${DRM}/card${index}/device`;
      const driver = tree.linkName(`${device}/driver`);
      if (driver === undefined || !drivers.includes(driver)) return [];
      const busId = /^PCI_SLOT_NAME=(.+)$/mu.exec(tree.text(`${device}/uevent`) ?? '')?.[1];
      const [monitor] = tree.list(`${device}/hwmon`).filter((name) => /^hwmon\d+$/u.test(name));
      const hwmon = monitor === undefined ? undefined : `${device}/hwmon/${monitor}`;
      return [{ driver, device, index, hwmon, ...(busId === undefined ? {} : { busId }) }];
    });
}

/** Version of the driver, where it has one apart from the kernel's. */
export const driverVersion = (tree: Tree, { device }: Card): string | undefined =>
  lineIn(tree, `${device}/driver/module/version`);
