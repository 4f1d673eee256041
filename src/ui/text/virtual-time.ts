/** Virtual time in figures. Pure; no locale. */
import { SECOND, type Micros } from '#engine/kernel/time';

const two = (value: number): string => String(value).padStart(2, '0');

/** `HH:MM:SS.t`, cut off, never rounded up: what is shown has already been. */
export function formatVirtualTime(at: Micros): string {
  const tenths = Math.floor(Math.max(0, at) / 100_000);
  return `${formatWholeSeconds(tenths / 10)}.${tenths % 10}`;
}

/** `HH:MM:SS` of so many seconds. */
function formatWholeSeconds(count: number): string {
  const whole = Math.floor(count);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** A time axis' label: `MM:SS`, or `H:MM:SS` from the first hour on. */
export function formatAxisTime(at: Micros): string {
  const whole = Math.floor(at / SECOND);
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A duration as kubectl's AGE column has it: `4s`, `3m10s`, `5h`. */
export function formatAge(duration: Micros): string {
  const total = Math.max(0, Math.floor(duration / SECOND));
  if (total < 120) return `${total}s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 10) return total % 60 === 0 ? `${minutes}m` : `${minutes}m${total % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}

/** Bytes in binary units with one figure after the point where it tells something. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const figures = value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
  return `${figures} ${units[unit]}`;
}

/** Millicores as `250m` or `2`. */
export const formatCpu = (milli: number): string => (milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`);
