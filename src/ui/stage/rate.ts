/** A rate in few figures: whole from 10 on, else with one decimal. */
export const oneDecimal = (rate: number): string => (rate >= 10 ? String(Math.round(rate)) : rate.toFixed(1));
