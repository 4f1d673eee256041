/** The drawings of the pods' shapes, in a 20 × 20 box, in the colour `currentColor` (the owner's). */
import { memo, type ReactElement } from 'react';
import type { PodShape } from './pod-shape';

const PIE_CIRCUMFERENCE = 2 * Math.PI * 4.5;

const OUTLINE = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 } as const;

const DRAWINGS: Readonly<Record<Exclude<PodShape, 'creating'>, ReactElement>> = {
  running: <rect x="1" y="1" width="18" height="18" rx="5.5" fill="currentColor" />,
  'not-ready': (
    <>
      <rect x="2" y="2" width="16" height="16" rx="5" {...OUTLINE} />
      <rect x="6.2" y="6.2" width="7.6" height="7.6" rx="2" fill="currentColor" />
    </>
  ),
  absent: (
    <>
      <rect x="2" y="2" width="16" height="16" rx="5" fill="currentColor" fillOpacity="0.14" />
      <rect x="2" y="2" width="16" height="16" rx="5" {...OUTLINE} strokeWidth="1.4" />
      <path d="M6.5 10h7" {...OUTLINE} strokeWidth="2" strokeLinecap="round" />
    </>
  ),
  pending: <rect x="2" y="2" width="16" height="16" rx="5" {...OUTLINE} strokeDasharray="3.4 2.9" />,
  terminating: (
    <>
      <rect x="2" y="2" width="16" height="16" rx="5" {...OUTLINE} strokeWidth="1.5" />
      <path d="M4.5 11.5 11.5 4.5M4.5 16 16 4.5M9 16.5 16.5 9M13.5 16.5 16.5 13.5" {...OUTLINE} strokeWidth="1.5" />
    </>
  ),
  crashing: (
    <>
      <path d="M10 1.8 19 17.500a1 1 0 0 1-.9 1.300H1.900A1 1 0 0 1 1 17.500Z" fill="currentColor" />
      <path d="M10 7.400v5.200M10 14.900v1.5" stroke="var(--chip-cut)" strokeWidth="2.2" fill="none" />
    </>
  ),
  'image-error': (
    <>
      <path d="M10 1.2 18.8 10 10 18.8 1.2 10Z" {...OUTLINE} strokeLinejoin="round" />
      <path d="M10 5.800v5M10 12.600v1.8" {...OUTLINE} strokeWidth="2" />
    </>
  ),
  completed: (
    <>
      <circle cx="10" cy="10" r="8" {...OUTLINE} />
      <path d="m6.4 10.2 2.5 2.6 4.8-5.4" {...OUTLINE} strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  failed: (
    <>
      <rect x="2" y="2" width="16" height="16" rx="2" {...OUTLINE} />
      <path d="m6.5 6.5 7 7m0-7-7 7" {...OUTLINE} strokeLinecap="round" />
    </>
  ),
  unknown: (
    <>
      <circle cx="10" cy="10" r="8" {...OUTLINE} strokeDasharray="2 2.2" />
      <path d="M7.8 8.200a2.3 2.3 0 1 1 3.3 2c-.8.4-1.1.8-1.1 1.700M10 13.800v1.5" {...OUTLINE} strokeWidth="1.6" />
    </>
  ),
};

/** One shape. `fill` (0 to 1) is how far a pod being created has come; it shows in the pie only. */
export const ShapeDrawing = memo(function ShapeDrawing({ shape, fill }: { shape: PodShape; fill: number }) {
  return (
    <svg viewBox="0 0 20 20" className="chip-shape" aria-hidden="true" focusable="false">
      {shape === 'creating' ? (
        <>
          <circle cx="10" cy="10" r="9" fill="currentColor" opacity="0.26" />
          <circle
            cx="10"
            cy="10"
            r="4.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="9"
            strokeDasharray={`${fill * PIE_CIRCUMFERENCE} ${PIE_CIRCUMFERENCE}`}
            transform="rotate(-90 10 10)"
          />
        </>
      ) : (
        DRAWINGS[shape]
      )}
    </svg>
  );
});
