/** How the write that charges a quota is called inside the API server. */
export const CHARGE = 'charge';
