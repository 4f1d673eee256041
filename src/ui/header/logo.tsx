/** A cluster behind glass. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M6 3h12M7.5 3v3.5c-1.9 1.1-3 3-3 5.5v6a3 3 0 0 0 3 3h9a3 3 0 0 0 3-3v-6c0-2.5-1.1-4.4-3-5.5V3" />
      <circle cx="12" cy="14" r="3.4" />
      <path d="M12 9.4v1.2m0 6.8v1.2M7.4 14h1.2m6.8 0h1.2" />
    </svg>
  );
}
