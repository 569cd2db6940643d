/** `Standard_E8-4ds_v5`: family, size, features, version. */
const sizeName = /^(?:Standard|Basic)_([A-Z]+)\d+(?:-\d+)?([a-z]*)(?:_v(\d+))?$/;

/**
 * Whether a size has a temporary disk, which a deallocate empties; null where its name does not tell. The names of
 * the general families do (https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions): up to version 3
 * they have one, from version 4 on those with a `d` among their features.
 */
export function hasTemporaryDisk(size: string | null): boolean | null {
  const [, family = '', features = '', version = '1'] = sizeName.exec(size ?? '') ?? [];
  if (features.includes('d')) return true;
  if (Number(version) <= 3) return ['A', 'D', 'DS', 'E', 'F'].includes(family) ? true : null;
  return ['D', 'E'].includes(family) ? false : null;
}
