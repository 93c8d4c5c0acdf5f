"""`docker compose up` tried for real: one question over HTTP, one over Kafka, then everything thrown away."""
