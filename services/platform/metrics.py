"""Every metric, in one place. Labels are names of ours only: never a question, a person or a free text."""

from prometheus_client import Counter, Gauge, Histogram, Info

RECORDS = Counter("gvd_records_total", "Records taken from Kafka.", ["service", "topic", "result"])
BATCH_SECONDS = Histogram(
    "gvd_batch_seconds",
    "From a batch in hand to its transaction committed.",
    ["service"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
BATCH_RETRIES = Counter("gvd_batch_retries_total", "Batches tried again, by cause.", ["service", "cause"])
PARKED = Gauge("gvd_parked_events", "Events waiting for an earlier one of their key.", ["service"])
SET_ASIDE = Counter("gvd_set_aside_total", "Events a service failed on: their key waits.", ["topic"])
CLOCKS_FAILED = Counter("gvd_clocks_failed_total", "Clocks a service failed on.", ["stage"])
REPAIRS = Counter("gvd_repairs_requested_total", "Missing events asked for again.", ["service"])
RELAYED = Counter("gvd_relayed_total", "Journal entries published.", ["service"])
RELAY_ERRORS = Counter("gvd_relay_errors_total", "Times the relay rebuilt its producer.", ["service"])
RELAY_WAITING = Gauge("gvd_relay_waiting", "Topics that are not there; their events wait.", ["service", "topic"])
RELAY_BEHIND = Gauge("gvd_relay_behind", "Journal entries not yet published.", ["service"])
QUARANTINED = Counter("gvd_quarantined_total", "Inputs refused, by first fault.", ["service", "code"])
CLOCKS_FIRED = Counter("gvd_clocks_fired_total", "Clocks that passed their norm.", ["stage"])
WEBHOOKS = Counter("gvd_webhooks_total", "Webhook deliveries tried, by result.", ["result"])
WEBHOOK_PERMISSIONS = Counter("gvd_webhook_permissions_total", "Permissions to post asked, by result.", ["result"])
NOTICES = Counter("gvd_notices_total", "Notices to people tried, by result.", ["result"])
HTTP_REQUESTS = Counter("gvd_http_requests_total", "Requests by route and status.", ["route", "status"])
EDITION = Info("gvd_edition", "The edition of the reference data in force.", ["service"])
EDITIONS_REFUSED = Counter("gvd_editions_refused_total", "Editions that could not be used.", ["service"])
KLANTINTERACTIES = Counter("gvd_klantinteracties_total", "What the bridge to Open Klant did, by result.", ["result"])
