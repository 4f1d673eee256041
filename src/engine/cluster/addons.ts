/** The manifests of add-ons, as their projects publish them. */
export { METRICS_SERVER } from '#engine/addons/metrics-server/manifest';
export { PROMETHEUS_ADAPTER } from '#engine/addons/prometheus-adapter/manifest';
