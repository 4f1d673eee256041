/** Parameters of a request's query, as Go's decoder reads them. */

/** Whether a parameter says yes: all do but `0` and `false`. @source apimachinery/pkg/runtime/conversion.go (Convert_Slice_string_To_bool) */
export const truth = (text: string | undefined): boolean =>
  text !== undefined && text !== '0' && text.toLowerCase() !== 'false';
